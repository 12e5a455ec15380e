/**
 * Options for V8, set before the model is compiled: its hot paths are many small functions, and the stock budget stops
 * inlining them half way. Worth about a tenth in `npm run bench`.
 */
export const V8_FLAGS = [
  "--max-inlined-bytecode-size-cumulative=4000",
  "--max-inlined-bytecode-size=1000",
  "--max-optimized-bytecode-size=100000",
];
