/** The kernel's side of a FUSE session, for tests: requests as bytes, replies taken apart. */

import {
  OP_CREATE,
  OP_GETATTR,
  OP_INIT,
  OP_LOOKUP,
  OP_MKDIR,
  OP_OPEN,
  OP_OPENDIR,
  OP_READ,
  OP_READDIR,
  OP_RELEASE,
  OP_RMDIR,
  OP_UNLINK,
  OP_WRITE,
  ROOT_NODE,
} from "../abi.ts";
import type { FuseSession } from "../session.ts";

interface Answer {
  /** Error number, 0 for none. */
  readonly error: number;
  readonly result: DataView;
}

const HEADER_BYTES = 40;
const READ_BYTES = 65_536;

export class FuseClient {
  #session: FuseSession | undefined;
  readonly #replies = new Map<number, Answer>();
  #unique = 0;
  /** Thread that asks. */
  pid = 4242;

  /** Where the session sends its replies. */
  readonly send = (reply: Uint8Array): void => {
    const view = new DataView(reply.slice().buffer);
    if (view.getUint32(0, true) !== view.byteLength) throw new Error("a reply tells its length");
    const unique = view.getUint32(8, true);
    if (this.#replies.has(unique)) throw new Error("a request has one reply");
    this.#replies.set(unique, { error: 0 - view.getInt32(4, true), result: new DataView(view.buffer, 16) });
  };

  connect(session: FuseSession): void {
    this.#session = session;
    this.ask(OP_INIT, 0, words(7, 31, 131_072, 0xffff_ffff));
  }

  /** Sends a request; answers its number. */
  post(opcode: number, node: number, body: Uint8Array): number {
    const session = this.#session;
    if (session === undefined) throw new Error("not connected");
    const view = new DataView(session.buffer.buffer);
    const unique = ++this.#unique;
    const fields = [HEADER_BYTES + body.length, opcode, unique, 0, node, 0, 0, 0, this.pid, 0];
    for (const [i, value] of fields.entries()) view.setUint32(i * 4, value, true);
    session.buffer.set(body, HEADER_BYTES);
    session.handle(HEADER_BYTES + body.length);
    return unique;
  }

  answerTo(unique: number): Answer | undefined {
    return this.#replies.get(unique);
  }

  ask(opcode: number, node: number, body: Uint8Array = new Uint8Array()): Answer {
    const answer = this.answerTo(this.post(opcode, node, body));
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }

  /** Number of the node, or minus the error. */
  lookup(node: number, name: string): number {
    return entryOf(this.ask(OP_LOOKUP, node, text(name)));
  }

  walk(path: string): number {
    let node = ROOT_NODE;
    for (const name of path.split("/")) if (name !== "" && node > 0) node = this.lookup(node, name);
    return node;
  }

  mkdir(node: number, name: string): number {
    return entryOf(this.ask(OP_MKDIR, node, join(words(0o755, 0o22), text(name))));
  }

  rmdir(node: number, name: string): number {
    return this.ask(OP_RMDIR, node, text(name)).error;
  }

  unlink(node: number, name: string): number {
    return this.ask(OP_UNLINK, node, text(name)).error;
  }

  /** Handle of the file, or minus the error. */
  open(node: number, flags = 0): number {
    const { error, result } = this.ask(OP_OPEN, node, words(flags, 0));
    return error === 0 ? result.getUint32(0, true) : -error;
  }

  create(node: number, name: string, flags = 2): readonly [node: number, handle: number] {
    const { error, result } = this.ask(OP_CREATE, node, join(words(flags, 0o644, 0o22, 0), text(name)));
    return error === 0 ? [result.getUint32(0, true), result.getUint32(128, true)] : [-error, -error];
  }

  read(node: number, handle: number, offset: number, nrBytes: number): string | number {
    const { error, result } = this.ask(OP_READ, node, words(handle, 0, offset, 0, nrBytes, 0, 0, 0, 0, 0));
    return error === 0 ? String.fromCharCode(...new Uint8Array(result.buffer, result.byteOffset)) : -error;
  }

  /** Bytes taken, or minus the error. */
  write(node: number, handle: number, offset: number, bytes: string): number {
    const body = join(words(handle, 0, offset, 0, bytes.length, 0, 0, 0, 0, 0), text(bytes).subarray(0, bytes.length));
    const { error, result } = this.ask(OP_WRITE, node, body);
    return error === 0 ? result.getUint32(0, true) : -error;
  }

  release(node: number, handle: number): number {
    return this.ask(OP_RELEASE, node, words(handle, 0, 0, 0, 0, 0)).error;
  }

  /** Mode and size of the node. */
  stat(node: number): readonly [mode: number, sizeBytes: number] {
    const { result } = this.ask(OP_GETATTR, node, words(0, 0, 0, 0));
    return [result.getUint32(16 + 60, true), result.getUint32(16 + 8, true)];
  }

  /** Names in a directory, read so many bytes at a time. */
  names(node: number, atOnceBytes = READ_BYTES): readonly string[] {
    const handle = this.ask(OP_OPENDIR, node, words(0, 0)).result.getUint32(0, true);
    const names: string[] = [];
    for (let offset = 0; ; ) {
      const { result } = this.ask(OP_READDIR, node, words(handle, 0, offset, 0, atOnceBytes, 0, 0, 0, 0, 0));
      if (result.byteLength === 0) return names;
      for (let at = 0; at < result.byteLength; ) {
        offset = result.getUint32(at + 8, true);
        const length = result.getUint32(at + 16, true);
        names.push(String.fromCharCode(...new Uint8Array(result.buffer, result.byteOffset + at + 24, length)));
        at += (24 + length + 7) & ~7;
      }
    }
  }
}

function entryOf({ error, result }: Answer): number {
  return error === 0 ? result.getUint32(0, true) : -error;
}

export function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

/** A byte string with its NUL. */
export function text(bytes: string): Uint8Array {
  return Uint8Array.from([...bytes, "\0"], (char) => char.charCodeAt(0));
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
