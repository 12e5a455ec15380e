/** Redirections: opening what they name and putting the descriptors back afterwards. */

import { EBADF, EEXIST, EISDIR, type Errno, isErrno } from "../errno.ts";
import type { Running } from "../process/command.ts";
import { NullDevice, type OpenFile, OpenNode, release, retain, TextSource } from "../process/open-file.ts";
import type { OpenOptions } from "../vfs/vfs.ts";
import { expandArgument, expandDocument, expandText } from "./expand.ts";
import type { RedirectIr } from "./ir.ts";
import type { Shell } from "./shell.ts";

/** What a redirected descriptor referred to before; undefined: it was closed. */
interface SavedFd {
  readonly fd: number;
  readonly file: OpenFile | undefined;
}

/** Descriptors changed by one command, in order. */
export class SavedFds {
  readonly #saved: SavedFd[] = [];

  save(shell: Shell, fd: number): void {
    const file = shell.files.get(fd);
    if (file !== undefined) retain(file);
    this.#saved.push({ fd, file });
  }

  /** Puts everything back. */
  restore(shell: Shell): void {
    for (let saved = this.#saved.pop(); saved !== undefined; saved = this.#saved.pop()) {
      shell.files.set(saved.fd, saved.file);
      if (saved.file !== undefined) release(saved.file);
    }
  }

  /** Keeps the changes: `exec`. */
  forget(): void {
    for (const saved of this.#saved) if (saved.file !== undefined) release(saved.file);
    this.#saved.length = 0;
  }
}

/** Applies `redirects` in order. False after an error, whose message is printed; what was changed is in `saved`. */
export function* applyRedirects(shell: Shell, redirects: readonly RedirectIr[], saved: SavedFds): Running<boolean> {
  for (const redirect of redirects) {
    if (!(yield* applyRedirect(shell, redirect, saved))) return false;
  }
  return true;
}

function* applyRedirect(shell: Shell, redirect: RedirectIr, saved: SavedFds): Running<boolean> {
  const { operator } = redirect;
  if (operator === "<<" || operator === "<<<") {
    const text =
      redirect.document !== undefined
        ? yield* expandDocument(shell, redirect.document)
        : `${yield* targetText(shell, redirect)}\n`;
    return assign(shell, redirect, 0, new TextSource(text), saved);
  }
  if (operator === "<&" || operator === ">&") return yield* duplicate(shell, redirect, saved);
  const path = yield* targetPath(shell, redirect);
  if (path === undefined) return false;
  const file = yield* openPath(shell, path, openOptions(shell, operator));
  if (isErrno(file)) return fail(shell, path, operator, file);
  if (operator === "&>" || operator === "&>>") return assignBoth(shell, file, saved);
  return assign(shell, redirect, operator.startsWith("<") ? 0 : 1, file, saved);
}

function fail(shell: Shell, path: string, operator: string, errno: Errno): false {
  const isClobber = errno === EEXIST && operator === ">";
  shell.report(`${path}: ${isClobber ? "cannot overwrite existing file" : errno.message}`);
  return false;
}

function* targetText(shell: Shell, redirect: RedirectIr): Running<string> {
  return redirect.target === undefined ? "" : yield* expandText(shell, redirect.target);
}

/** The one file name a target must give. */
function* targetPath(shell: Shell, redirect: RedirectIr): Running<string | undefined> {
  if (redirect.target === undefined) return undefined;
  const fields: string[] = [];
  const waiting = expandArgument(shell, redirect.target, fields);
  if (waiting !== undefined) yield* waiting;
  if (fields.length === 1) return fields[0];
  shell.report(`${redirect.target.text}: ambiguous redirect`);
  return undefined;
}

function openOptions(shell: Shell, operator: string): OpenOptions {
  const mode = 0o666 & ~shell.umask;
  switch (operator) {
    case "<":
      return { read: true };
    case "<>":
      return { read: true, write: true, create: true, mode };
    case ">>":
    case "&>>":
      return { write: true, append: true, create: true, mode };
    case ">":
      return { write: true, truncate: true, create: true, exclusive: shell.options.has("noclobber"), mode };
    default:
      return { write: true, truncate: true, create: true, mode };
  }
}

/** Opens `path` as open(2) would: waits at named pipes, and knows /dev/fd, /dev/stdin and their kin. */
export function* openPath(shell: Shell, path: string, options: OpenOptions): Running<OpenFile | Errno> {
  if (path === "/dev/null") return new NullDevice();
  const fd = descriptorOf(path);
  if (fd >= 0) return shell.files.get(fd) ?? EBADF;
  const { vfs, fifos } = shell.machine;
  let opening = options;
  if (options.exclusive === true) {
    // noclobber guards regular files only.
    const present = vfs.lookup(path, shell.cwd);
    if (!isErrno(present) && present.kind !== "file") opening = { ...options, exclusive: false };
  }
  const opened = vfs.open(path, shell.cwd, opening, shell.forkedPid ?? shell.process.pid);
  if (isErrno(opened)) return opened;
  if (opened.node.kind === "fifo") {
    return yield* fifos.open(opened.node, { read: options.read === true, write: options.write === true });
  }
  if (opened.node.kind === "directory" && options.write === true) return EISDIR;
  const access = { read: options.read === true, write: options.write === true, append: options.append === true };
  return new OpenNode(opened.node, opened.handle, access);
}

/** Descriptor that a path such as /dev/fd/3 names; -1 for other paths. */
export function descriptorOf(path: string): number {
  if (!path.startsWith("/dev/") && !path.startsWith("/proc/self/fd/")) return -1;
  if (path === "/dev/stdin") return 0;
  if (path === "/dev/stdout") return 1;
  if (path === "/dev/stderr") return 2;
  const match = /^\/(?:dev|proc\/self)\/fd\/([0-9]+)$/.exec(path);
  return match === null ? -1 : Number(match[1]);
}

/** `n>&m`, `n>&m-`, `n>&-`, and `>&file`. */
function* duplicate(shell: Shell, redirect: RedirectIr, saved: SavedFds): Running<boolean> {
  const target = yield* targetPath(shell, redirect);
  if (target === undefined) return false;
  const standard = redirect.operator === "<&" ? 0 : 1;
  if (target === "-") {
    const fd =
      redirect.fdVariable === undefined ? redirect.fd : Number(shell.variables.get(redirect.fdVariable) ?? "-1");
    return put(shell, fd < 0 ? standard : fd, undefined, saved);
  }
  const match = /^([0-9]+)(-?)$/.exec(target);
  if (match === null) {
    if (redirect.operator === ">&" && redirect.fd < 0 && redirect.fdVariable === undefined) {
      const file = yield* openPath(shell, target, openOptions(shell, "&>"));
      return isErrno(file) ? fail(shell, target, "&>", file) : assignBoth(shell, file, saved);
    }
    shell.report(`${redirect.target?.text ?? target}: ambiguous redirect`);
    return false;
  }
  const from = Number(match[1]);
  const file = shell.files.get(from);
  if (file === undefined) {
    shell.report(`${from}: ${EBADF.message}`);
    return false;
  }
  retain(file);
  const done = assign(shell, redirect, standard, file, saved);
  if (match[2] === "-" && from !== redirect.fd) put(shell, from, undefined, saved);
  release(file);
  return done;
}

function assign(shell: Shell, redirect: RedirectIr, standard: number, file: OpenFile, saved: SavedFds): boolean {
  if (redirect.fdVariable !== undefined) {
    const fd = shell.files.nextHigh();
    // Outlives the command, like the variable that names it.
    shell.files.set(fd, file);
    shell.variables.set(redirect.fdVariable, String(fd));
    return true;
  }
  return put(shell, redirect.fd < 0 ? standard : redirect.fd, file, saved);
}

function assignBoth(shell: Shell, file: OpenFile, saved: SavedFds): boolean {
  put(shell, 1, file, saved);
  return put(shell, 2, file, saved);
}

function put(shell: Shell, fd: number, file: OpenFile | undefined, saved: SavedFds): boolean {
  saved.save(shell, fd);
  shell.files.set(fd, file);
  return true;
}
