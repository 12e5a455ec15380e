/** Why no real program can run on a virtual machine here. */

import type { Problem } from "@ebb/formats";
import { toByteString } from "../output.ts";

/** @param found what the system said */
export function cannotServe(found: string): Problem {
  const lines = found.trim().split("\n").join("; ");
  return {
    severity: "error",
    file: "ebb exec",
    line: 0,
    message: "real programs cannot run on a virtual machine here",
    expected:
      "Linux with /dev/fuse, setpriv, unshare and mount (util-linux), and the right to mount: root, or user namespaces",
    found: toByteString(lines === "" ? "the program was not reached" : lines),
    toDo: "run the script with `ebb run`, which needs none of that",
  };
}
