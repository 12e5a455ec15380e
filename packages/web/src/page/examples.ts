/** The project's experiments, for the editor to start from. */

import { fromByteString } from "../byte-strings.ts";

/** Put in by the build: scripts by name, byte strings. */
declare const EBB_EXPERIMENTS: Readonly<Record<string, string>>;

interface Example {
  readonly name: string;
  readonly script: string;
}

export const EXAMPLES: readonly Example[] = Object.entries(EBB_EXPERIMENTS).map(([name, bytes]) => ({
  name: `experiments/${name}`,
  script: fromByteString(bytes),
}));
