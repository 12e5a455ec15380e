/** A program that ebb waits for: how it ends, and what signals to ebb mean for it. */

import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { toByteString } from "../output.ts";

/** The exit status, 128 and the signal's number where one ended it; or why it could not be started. */
export function statusOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(toByteString(error.message)));
    child.on("close", (code, signal) => resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]));
  });
}

/**
 * Signals from the keyboard reach the program by themselves and are its own; those that ask ebb to end it go to `end`.
 * Answers what takes that back.
 */
export function onSignals(end: (signal: NodeJS.Signals) => void): () => void {
  const leave = () => undefined;
  const handlers = [
    ["SIGINT", leave],
    ["SIGQUIT", leave],
    ["SIGTERM", end],
    ["SIGHUP", end],
  ] as const;
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
