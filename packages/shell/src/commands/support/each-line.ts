/** What the filters share that turn each line of their operands into text of its own. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { complainAbout } from "./report.ts";
import { closeInput, Output, openOperand } from "./streams.ts";

/**
 * Writes what `transform` makes of each line of the operands, stdin when there are none. A line comes with its newline;
 * the last may lack one. Answers the exit status.
 */
export function* eachLine(
  context: CommandContext,
  operands: readonly string[],
  transform: (line: string) => string,
): Running<number> {
  const output = new Output(context);
  let status = 0;
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const input = openOperand(context, path);
    if (input === undefined) {
      status = 1;
      continue;
    }
    for (;;) {
      const line = yield* input.readLine();
      if (line === undefined) break;
      if (isErrno(line)) {
        output.flush();
        complainAbout(context, path, line);
        status = 1;
        break;
      }
      output.write(transform(line));
      if (output.full && !(yield* output.settle())) return output.finish(status);
    }
    closeInput(input);
  }
  return output.finish(status);
}
