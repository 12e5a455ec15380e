/** What the command and the thread that serves the machine say to each other. Version 1. */

import type { MachineWords } from "../asked-machine.ts";

/** The machine, by what the command line says of it: it has been found right already. */
export interface GuestRequest extends MachineWords {
  readonly version: 1;
  readonly fuseFd: number;
  readonly realTime: boolean;
  /** The program is a shell at a prompt. */
  readonly isShell: boolean;
  /** Index of the dynamic loader, a byte string. */
  readonly loaderIndex: string | undefined;
  /** One word, set to 1 when the program has ended. */
  readonly isOver: SharedArrayBuffer;
  /** The thread and the program stay on one CPU. */
  readonly onOneCpu: boolean;
  readonly withMap: boolean;
  readonly withLedger: boolean;
}

/** Said first: requests will be answered. */
interface GuestReady {
  readonly version: 1;
  readonly kind: "ready";
  /** CPU the thread stays on. */
  readonly cpu: number | undefined;
}

/** Said once, at the end. */
export interface GuestSummary {
  readonly version: 1;
  readonly kind: "summary";
  /** The program was started. */
  readonly hasBegun: boolean;
  /**
   * What the machine came to: for people, and as JSON, there with its state hash, the requests served, the files the kernel
   * still knew and the handles still open when the mount was gone, and the memory it took.
   */
  readonly report: string;
  readonly json: object;
  /** What does not hold in the machine; empty. */
  readonly violations: readonly string[];
}

export type GuestMessage = GuestReady | GuestSummary;
