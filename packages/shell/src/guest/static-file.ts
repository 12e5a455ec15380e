/** Files that always read the same: shims, and the index that the dynamic loader reads. */

import { EACCES, EBADF } from "../errno.ts";
import type { FileNode } from "../vfs/node.ts";

/** @param content a byte string */
export function staticFile(ino: number, content: string, mode = 0o444): FileNode {
  return {
    kind: "file",
    ino,
    mode,
    mtimeNs: 0,
    nlink: 1,
    sizeBytes: () => content.length,
    open: (flags) =>
      flags.write
        ? EACCES
        : {
            read: (position, maxBytes) => content.slice(position, position + maxBytes),
            write: () => EBADF,
            close: () => undefined,
          },
  };
}
