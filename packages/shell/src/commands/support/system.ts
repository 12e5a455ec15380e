/** What commands ask of the kernel beyond files and tasks. A machine gives them; without one nothing is there to ask. */

import { EBUSY, type Errno } from "../../errno.ts";

/** One swap area as /proc/swaps lists it. */
export interface SwapArea {
  readonly path: string;
  readonly sizeKb: number;
  readonly usedKb: number;
  readonly priority: number;
}

export interface System {
  /** sync(2): dirty pages are written to their disks. */
  sync(pid: number): void;
  /** swapon(2) of a file with a swap header that tells its pages. */
  swapOn(path: string, nrPages: number, priority: number | undefined): Errno | undefined;
  /** swapoff(2). */
  swapOff(path: string, pid: number): Errno | undefined;
  swapAreas(): readonly SwapArea[];
  /** A listening socket on `port`; what is returned closes it. EADDRINUSE as `undefined` while another has the port. */
  listen(port: number, pid: number): (() => void) | undefined;
}

/** A system without swap and without sockets. */
export const NO_SYSTEM: System = {
  sync: () => undefined,
  swapOn: () => EBUSY,
  swapOff: () => EBUSY,
  swapAreas: () => [],
  listen: () => () => undefined,
};
