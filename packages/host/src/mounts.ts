/** What is mounted where, as /proc/mounts tells it. */

import { join } from "node:path";
import { readText } from "./host-files.ts";

/** Where a file system of that type is mounted first, below `root`; undefined when it is not. */
export function mountPoint(root: string, type: string): string | undefined {
  for (const line of (readText(join(root, "proc/mounts")) ?? "").split("\n")) {
    const [, point, lineType] = line.split(" ");
    if (lineType === type && point !== undefined) return join(root, unescaped(point));
  }
  return undefined;
}

/** Spaces and the like stand as octal numbers. */
function unescaped(path: string): string {
  const bytes = path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
