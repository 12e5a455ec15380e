/**
 * The kernel's side of a file system that a machine serves: one descriptor of /dev/fuse, a request for each read, a reply
 * for each write.
 */

import { closeSync, openSync, read, readSync, writeSync } from "node:fs";
import { errorCode } from "../host-files.ts";

const DEVICE = "/dev/fuse";
/** What read(2) says when the mount is gone; when it is to be asked again; and before there is a mount. */
const GONE: ReadonlySet<string> = new Set(["ENODEV", "ECONNABORTED", "EBADF"]);
const ONCE_MORE: ReadonlySet<string> = new Set(["EINTR", "EAGAIN", "ENOENT"]);
const NOT_MOUNTED = "EPERM";
/** What write(2) says when nobody waits for the reply any more. */
const NOBODY_WAITS: ReadonlySet<string> = new Set(["ENOENT", "ENODEV", "EPERM", "ECONNABORTED"]);
/** Until it is mounted, reading is refused: tried again after that time. */
const TRY_AGAIN_MS = 1;
/** How often it is asked whether the programs wait, while somebody sleeps. */
const IDLE_MS = 1;
/** Found waiting so many times running, they wait. */
const NR_IDLE = 3;

/** Who answers the requests. */
interface Guest {
  readonly session: { readonly buffer: Uint8Array; handle(nrBytes: number): void };
  /** Somebody waits for virtual time to pass. */
  readonly hasSleepers: boolean;
  isIdle(): boolean;
  wakeNext(): void;
}

/** The number of a descriptor for a mount; throws what open(2) says. */
export function openFuse(): number {
  return openSync(DEVICE, "r+");
}

export function closeFuse(fd: number): void {
  closeSync(fd);
}

/** Sends a reply. One that nobody waits for any more is dropped. */
export function sendReply(fd: number, reply: Uint8Array): void {
  try {
    writeSync(fd, reply);
  } catch (error) {
    if (!NOBODY_WAITS.has(errorCode(error))) throw error;
  }
}

/** Answers requests until the mount is gone, or `isOver` says so before there is one. */
export async function serve(fd: number, guest: Guest, isOver: () => boolean): Promise<void> {
  const { session } = guest;
  for (;;) {
    const nrBytes = guest.hasSleepers ? await readWhileWaiting(fd, guest) : readRequest(fd, session.buffer, isOver);
    if (nrBytes === undefined) return;
    if (nrBytes > 0) session.handle(nrBytes);
  }
}

/** Bytes of the next request; undefined when there will be none. */
function readRequest(fd: number, buffer: Uint8Array, isOver: () => boolean): number | undefined {
  for (;;) {
    try {
      return readSync(fd, buffer);
    } catch (error) {
      const code = errorCode(error);
      if (GONE.has(code)) return undefined;
      if (code === NOT_MOUNTED) {
        if (isOver()) return undefined;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_AGAIN_MS);
      } else if (!ONCE_MORE.has(code)) throw error;
    }
  }
}

/** As readRequest; whenever nobody runs meanwhile, virtual time goes on to the next sleeper. */
async function readWhileWaiting(fd: number, guest: Guest): Promise<number | undefined> {
  let isDone = false;
  const reading = readLater(fd, guest.session.buffer).finally(() => {
    isDone = true;
  });
  let nrIdle = 0;
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    if (isDone || !guest.hasSleepers) break;
    nrIdle = guest.isIdle() ? nrIdle + 1 : 0;
    if (nrIdle >= NR_IDLE && !isDone) {
      nrIdle = 0;
      guest.wakeNext();
    }
  }
  return await reading;
}

function readLater(fd: number, buffer: Uint8Array): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, nrBytes) => {
      if (error === null) resolve(nrBytes);
      else if (GONE.has(errorCode(error))) resolve(undefined);
      else if (ONCE_MORE.has(errorCode(error))) resolve(0);
      else reject(error);
    });
  });
}
