/** The calls of a machine that are neither files nor tasks: sync, swap, sockets. */

import type { Machine } from "@ebb/model";
import type { SwapArea, System } from "../commands/support/system.ts";
import { EBUSY, EINVAL, EOPNOTSUPP } from "../errno.ts";
import { closeSocket, openSocket, swapOff, swapOn, syncFiles } from "./calls.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { cpuOf } from "./machine-page-cache.ts";

const KB_PER_PAGE = 4;
/** Priority of the first area that asks for none; each further one gets one less. */
const FIRST_PRIORITY = -2;

interface Area {
  readonly path: string;
  readonly nrPages: number;
  readonly priority: number;
}

/** The system of `m`; swap areas and ports in use are its own. */
export function createSystem(m: Machine): System {
  const areas: Area[] = [];
  const ports = new Set<number>();
  let nextPriority = FIRST_PRIORITY;
  return {
    sync: (pid) => syncFiles(m, cpuOf(m, pid)),
    swapOn(path, nrPages, priority) {
      if (areas.some((area) => area.path === path)) return EBUSY;
      if (nrPages <= 0) return EINVAL;
      areas.push({ path, nrPages, priority: priority ?? nextPriority-- });
      swapOn(m, nrPages);
      return undefined;
    },
    swapOff(path, pid) {
      const at = areas.findIndex((area) => area.path === path);
      if (at < 0) return EINVAL;
      // The machine has one pool of swap and cannot empty a part of it.
      if (areas.length > 1) return EOPNOTSUPP;
      const refused = kernelErrno(swapOff(m, pid));
      if (refused === undefined) areas.splice(at, 1);
      return refused;
    },
    swapAreas: () => swapAreas(m, areas),
    listen(port, pid) {
      if (ports.has(port)) return undefined;
      const socket = openSocket(m, pid);
      ports.add(port);
      return () => {
        ports.delete(port);
        closeSocket(m, socket);
      };
    },
  };
}

/** Swap is filled area by area, those of higher priority first. */
function swapAreas(m: Machine, areas: readonly Area[]): readonly SwapArea[] {
  const used = new Map<Area, number>();
  let left = m.nrSwapUsed;
  for (const area of areas.toSorted((a, b) => b.priority - a.priority)) {
    const taken = Math.min(left, area.nrPages);
    used.set(area, taken);
    left -= taken;
  }
  return areas.map((area) => ({
    path: area.path,
    sizeKb: area.nrPages * KB_PER_PAGE,
    usedKb: (used.get(area) ?? 0) * KB_PER_PAGE,
    priority: area.priority,
  }));
}
