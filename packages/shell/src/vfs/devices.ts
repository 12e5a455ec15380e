/**
 * /dev: the character devices scripts use, in a directory that is otherwise a tmpfs, as devtmpfs is (a script may make
 * files and mount points in it).
 */

import { EBADF, ENOSPC, type Errno } from "../errno.ts";
import { zeros } from "./byte-pages.ts";
import { KernelLog } from "./kernel-log.ts";
import type { DirectoryNode, FileNode } from "./node.ts";
import { RandomBytes } from "./random-bytes.ts";
import { createTmpfs } from "./tmpfs.ts";

const DEVICE_MODE = 0o666;
const KMSG_MODE = 0o644;
/** The device nodes are no nodes of the tmpfs they are put in; numbers from here on stay clear of its own. */
const FIRST_DEVICE_INO = 0x1000000;
/** Bytes one read gives at most, so that a request cannot ask for all memory. */
const READ_MAX_BYTES = 0x1000000;

/** What one opened device does. */
interface Driver {
  read(position: number, maxBytes: number): string | Errno;
  write(bytes: string): number | Errno;
}

/**
 * null, zero, full, random, urandom and kmsg.
 *
 * @param nowNs      virtual time since boot
 * @param randomSeed decides every byte of random and urandom, which share one stream
 * @param log        where writes to kmsg go and what its readers see; a reader gets end of file instead of waiting
 */
export function createDevices(
  nowNs: () => number,
  randomSeed: number,
  log: KernelLog = new KernelLog(nowNs),
): DirectoryNode {
  const random = new RandomBytes(randomSeed);
  const accept = (bytes: string): number => bytes.length;
  const readZeros = (_position: number, maxBytes: number): string => zeros(Math.min(maxBytes, READ_MAX_BYTES));
  const randomDriver: Driver = {
    read: (_position, maxBytes) => random.next(Math.min(maxBytes, READ_MAX_BYTES)),
    write: accept,
  };
  const nullDriver: Driver = { read: () => "", write: accept };
  const zeroDriver: Driver = { read: readZeros, write: accept };
  const fullDriver: Driver = { read: readZeros, write: () => ENOSPC };
  const devices: readonly (readonly [string, number, () => Driver])[] = [
    ["null", DEVICE_MODE, () => nullDriver],
    ["zero", DEVICE_MODE, () => zeroDriver],
    ["full", DEVICE_MODE, () => fullDriver],
    ["random", DEVICE_MODE, () => randomDriver],
    ["urandom", DEVICE_MODE, () => randomDriver],
    ["kmsg", KMSG_MODE, () => logDriver(log)],
  ];
  const root = createTmpfs(nowNs);
  devices.forEach(([name, mode, openDriver], i) => {
    root.adopt(name, deviceNode(FIRST_DEVICE_INO + i, mode, nowNs(), openDriver));
  });
  return root;
}

function deviceNode(ino: number, mode: number, mtimeNs: number, openDriver: () => Driver): FileNode {
  return {
    kind: "character-device",
    ino,
    mode,
    mtimeNs,
    nlink: 1,
    sizeBytes: () => 0,
    open: (flags) => {
      const driver = openDriver();
      return {
        read: (position, maxBytes) => (flags.read ? driver.read(position, maxBytes) : EBADF),
        write: (_position, bytes) => (flags.write ? driver.write(bytes) : EBADF),
        close: () => undefined,
      };
    },
  };
}

/** Reads what the log holds at the first read; later messages are for the next reader. */
function logDriver(log: KernelLog): Driver {
  let text = "";
  return {
    read: (position, maxBytes) => {
      if (position === 0) text = log.toText();
      return text.slice(position, position + maxBytes);
    },
    write: (bytes) => log.write(bytes),
  };
}
