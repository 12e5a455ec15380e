/**
 * One mount: requests of the kernel in, replies out. It knows no device and no process; who asks is told by the caller.
 *
 *     /dev/fuse --bytes--> FuseSession --calls--> Vfs --> the machine
 *
 * Any bytes may come in: what is no request is dropped, what is not served answers ENOSYS.
 */

import { EINTR, ENOSYS, type Errno, isErrno } from "../errno.ts";
import type { FileHandle } from "../vfs/node.ts";
import { isFile } from "../vfs/node-kind.ts";
import type { Vfs } from "../vfs/vfs.ts";
import {
  INIT_ATOMIC_O_TRUNC,
  INIT_BIG_WRITES,
  INIT_MAX_PAGES,
  INIT_PARALLEL_DIROPS,
  MAX_WRITE_BYTES,
  OP_BATCH_FORGET,
  OP_CREATE,
  OP_DESTROY,
  OP_FORGET,
  OP_FSYNC,
  OP_FSYNCDIR,
  OP_GETATTR,
  OP_INIT,
  OP_INTERRUPT,
  OP_LINK,
  OP_LOOKUP,
  OP_MKDIR,
  OP_MKNOD,
  OP_OPEN,
  OP_OPENDIR,
  OP_READ,
  OP_READDIR,
  OP_READLINK,
  OP_RELEASE,
  OP_RELEASEDIR,
  OP_RENAME,
  OP_RENAME2,
  OP_RMDIR,
  OP_SETATTR,
  OP_STATFS,
  OP_SYMLINK,
  OP_UNLINK,
  OP_WRITE,
  REQUEST_BYTES,
  VERSION_MAJOR,
  VERSION_MINOR,
} from "./abi.ts";
import * as directories from "./directory-calls.ts";
import * as files from "./file-calls.ts";
import { Handles } from "./handles.ts";
import { Inodes } from "./inodes.ts";
import { Reply, Request } from "./message.ts";

/** One node and how often it is forgotten, in a batch. */
const FORGET_BYTES = 16;

/** Who asks, and what else may have to happen first. */
export interface Callers {
  /** The machine's pid of the thread that asks; NO_PID of the kernel itself. It may be about to start a program. */
  taskOf(threadId: number, startsProgram: boolean): number;
  /** A call of the thread that changed directories has ended. */
  changedDirectory(threadId: number): void;
  /** A file like cgroup.procs has been opened: it names processes by the numbers that the callers know. */
  ownPids(handle: FileHandle, task: number): FileHandle;
}

/** The answer to a call that waited: a refusal, or what fills the reply. */
type LateAnswer = Errno | ((reply: Reply) => Reply);
/** Begins a wait; what is returned gives it up. */
type Begin = (answer: (result: LateAnswer) => void) => () => void;

/** What a call leaves: an answer, or nothing yet. */
export type Outcome = Errno | Reply | "later";

interface Mount {
  readonly vfs: Vfs;
  readonly bootSeconds: number;
  readonly inodes: Inodes;
  readonly handles: Handles;
  readonly callers: Callers;
}

/** One call: request, who asks (the model's task), and a reply to fill. */
export interface Call {
  readonly mount: Mount;
  readonly request: Request;
  readonly task: number;
  readonly reply: Reply;
  /** The call is answered when what `begin` began is over; until then the caller waits. */
  later(begin: Begin): "later";
}

type Handler = (call: Call) => Outcome;

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [OP_LOOKUP, directories.lookup],
  [OP_READLINK, directories.readLink],
  [OP_SYMLINK, directories.symlink],
  [OP_MKNOD, directories.makeNode],
  [OP_MKDIR, directories.makeDirectory],
  [OP_UNLINK, directories.unlink],
  [OP_RMDIR, directories.removeDirectory],
  [OP_RENAME, directories.rename],
  [OP_RENAME2, directories.rename2],
  [OP_LINK, directories.link],
  [OP_OPENDIR, directories.openDirectory],
  [OP_READDIR, directories.readDirectory],
  [OP_RELEASEDIR, files.release],
  [OP_FSYNCDIR, files.succeed],
  [OP_GETATTR, files.getAttributes],
  [OP_SETATTR, files.setAttributes],
  [OP_OPEN, files.open],
  [OP_CREATE, files.create],
  [OP_READ, files.read],
  [OP_WRITE, files.write],
  [OP_RELEASE, files.release],
  [OP_FSYNC, files.succeed],
  [OP_STATFS, files.statFileSystem],
]);

/** Where replies go. The kernel refuses one to a request that was interrupted; that is no fault. */
export type Send = (reply: Uint8Array) => void;

export class FuseSession {
  /** Requests are read into it. */
  readonly buffer = new Uint8Array(REQUEST_BYTES);
  readonly #mount: Mount;
  readonly #send: Send;
  readonly #request: Request;
  readonly #reply = new Reply(1 << 16);
  /** Calls that wait, by the number of their request: how to give them up. */
  readonly #waiting = new Map<number, { readonly threadId: number; readonly giveUp: () => void }>();
  nrRequests = 0;

  constructor(vfs: Vfs, bootSeconds: number, callers: Callers, send: Send) {
    const root = vfs.lookup("/", "/");
    if (isErrno(root)) throw new Error("a file tree has a root");
    this.#mount = { vfs, bootSeconds, inodes: new Inodes(root), handles: new Handles(), callers };
    this.#send = send;
    this.#request = new Request(this.buffer);
  }

  /** Numbers the kernel knows, and open files: what a leak would show in. */
  get nrKnown(): readonly [inodes: number, handles: number] {
    return [this.#mount.inodes.size, this.#mount.handles.size];
  }

  /** A call of the thread has been taken and waits for what it asked for. */
  isWaiting(threadId: number): boolean {
    return [...this.#waiting.values()].some((call) => call.threadId === threadId);
  }

  /** Handles the request of so many bytes at the beginning of the buffer. */
  handle(nrBytes: number): void {
    const request = this.#request;
    if (!request.take(nrBytes)) return;
    this.nrRequests++;
    switch (request.opcode) {
      case OP_INIT:
        this.#send(this.#init());
        return;
      case OP_FORGET:
        this.#mount.inodes.forget(request.node, request.u64(0));
        return;
      case OP_BATCH_FORGET:
        this.#forgetAll(request);
        return;
      case OP_INTERRUPT:
        this.#interrupt(request.u64(0));
        return;
      case OP_DESTROY:
        this.close();
        this.#send(this.#reply.begin().end(request.unique));
        return;
      default:
        this.#answer(request);
    }
  }

  /** Nothing more will come: what is open is closed, what waits is given up. */
  close(): void {
    for (const { giveUp } of this.#waiting.values()) giveUp();
    this.#waiting.clear();
    this.#mount.handles.closeAll();
  }

  #answer(request: Request): void {
    const { unique } = request;
    const handler = HANDLERS.get(request.opcode);
    const reply = this.#reply.begin();
    if (handler === undefined) {
      this.#send(reply.refuse(unique, ENOSYS.number));
      return;
    }
    const task = this.#mount.callers.taskOf(
      request.pid,
      request.opcode === OP_OPEN && this.#startsProgram(request.node),
    );
    const { pid } = request;
    const later = (begin: Begin) => this.#later(unique, pid, begin);
    const outcome = handler({ mount: this.#mount, request, task, reply, later });
    if (outcome === "later") return;
    this.#send(isErrno(outcome) ? reply.refuse(unique, outcome.number) : outcome.end(unique));
  }

  /** As many as are told, if so many are there. */
  #forgetAll(request: Request): void {
    const nr = Math.min(request.u32(0), Math.floor((request.bodyBytes - 8) / FORGET_BYTES));
    for (let i = 0; i < nr; i++) {
      const at = 8 + i * FORGET_BYTES;
      this.#mount.inodes.forget(request.u64(at), request.u64(at + 8));
    }
  }

  #startsProgram(id: number): boolean {
    const node = this.#mount.inodes.get(id)?.node;
    return node !== undefined && isFile(node) && node.startsProgram === true;
  }

  #later(unique: number, threadId: number, begin: Begin): "later" {
    let isOver = false;
    const giveUp = begin((result) => {
      isOver = true;
      this.#waiting.delete(unique);
      const reply = this.#reply.begin();
      this.#send(isErrno(result) ? reply.refuse(unique, result.number) : result(reply).end(unique));
    });
    if (!isOver) this.#waiting.set(unique, { threadId, giveUp });
    return "later";
  }

  #interrupt(unique: number): void {
    const call = this.#waiting.get(unique);
    if (call === undefined) return;
    this.#waiting.delete(unique);
    call.giveUp();
    this.#send(this.#reply.begin().refuse(unique, EINTR.number));
  }

  #init(): Uint8Array {
    const request = this.#request;
    const wanted = INIT_ATOMIC_O_TRUNC | INIT_BIG_WRITES | INIT_PARALLEL_DIROPS | INIT_MAX_PAGES;
    const minor = Math.min(request.u32(4), VERSION_MINOR);
    const reply = this.#reply
      .begin()
      .u32(VERSION_MAJOR)
      .u32(minor)
      .u32(request.u32(8))
      .u32(request.u32(12) & wanted);
    reply.u16(64).u16(48).u32(MAX_WRITE_BYTES).u32(1);
    return reply
      .u16(MAX_WRITE_BYTES / 4096)
      .u16(0)
      .zeros(32)
      .end(request.unique);
  }
}
