/** The files of the page, read once: the server answers from these and never looks at a path again. */

import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

export interface ServedFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** By the name after the token: `index.html`, `assets/…`. */
export type ServedFiles = ReadonlyMap<string, ServedFile>;

export const JSON_TYPE = "application/json; charset=utf-8";
export const BYTES_TYPE = "application/octet-stream";

const TYPES: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

/** Everything below `folder`; throws what the system says when it cannot be read. */
export function readPageFiles(folder: string): Map<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = TYPES.get(extname(entry.name)) ?? BYTES_TYPE;
    files.set(relative(folder, path).split(sep).join("/"), { type, bytes: readFileSync(path) });
  }
  return files;
}
