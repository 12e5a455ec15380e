/** Sockets that a memcg is charged for: each holds a reference until it is closed. Source: spec/memcg-slab.md A.3. */

import { PIN_SOCKET } from "../memcg/memcgs.ts";
import { dropPins, takePins } from "../memcg/references.ts";
import { createTable, dropRow, type Table, takeRow } from "../table.ts";
import type { Machine } from "./state.ts";
import { memcgOfTask } from "./tasks.ts";

const FIELDS = ["used", "memcg"] as const;

export type Sockets = Table<(typeof FIELDS)[number]>;

export function createSockets(): Sockets {
  return createTable({ fields: FIELDS, widths: {} });
}

/** Task `pid` opens a socket; answers its row. */
export function openSocket(m: Machine, pid: number): number {
  const socket = takeRow(m.sockets);
  const memcg = memcgOfTask(m, pid);
  m.sockets.used[socket] = 1;
  m.sockets.memcg[socket] = memcg;
  takePins(m, memcg, PIN_SOCKET, 1);
  return socket;
}

export function closeSocket(m: Machine, socket: number): void {
  const memcg = m.sockets.memcg[socket];
  m.sockets.used[socket] = 0;
  dropRow(m.sockets, socket);
  dropPins(m, memcg, PIN_SOCKET, 1);
}
