/** The thread that serves a machine's files to real programs: requests of the kernel in, replies out. */

import { parentPort, workerData } from "node:worker_threads";
import { RealProcesses, sendReply, serve, stayOnCpu } from "@ebb/host";
import { chunkMap, explainDying, machineOptions, machineValue, printLedger, printMachine } from "@ebb/lab";
import { type Machine, verifyMachine } from "@ebb/model";
import { GuestMachine } from "@ebb/shell/fuse";
import { kernelOf } from "../machine-flags.ts";
import { promptOf } from "./prompt.ts";
import type { GuestMessage, GuestRequest, GuestSummary } from "./protocol.ts";
import { shellCommands } from "./shell-commands.ts";

await run(workerData);

async function run(request: GuestRequest): Promise<void> {
  const kernel = kernelOf(request.kernel);
  if ("severity" in kernel) throw new Error(kernel.message);
  const machine = machineOptions({ ...request, kernel });
  if ("severity" in machine) throw new Error(machine.message);
  const guest = new GuestMachine({
    machine,
    processes: new RealProcesses(),
    loaderIndex: request.loaderIndex,
    wallNs: request.realTime ? () => Math.round(performance.now() * 1e6) : undefined,
    send: (reply) => sendReply(request.fuseFd, reply),
    isShell: request.isShell,
    prompt: promptOf,
    ownCommands: (m) => (request.isShell ? shellCommands(m, request) : new Map()),
  });
  const over = new Int32Array(request.isOver);
  say({ version: 1, kind: "ready", cpu: request.onOneCpu ? stayOnCpu() : undefined });
  await serve(request.fuseFd, guest, () => Atomics.load(over, 0) !== 0);
  say(summaryOf(guest, request));
}

function say(message: GuestMessage): void {
  parentPort?.postMessage(message);
}

function summaryOf(guest: GuestMachine, request: GuestRequest): GuestSummary {
  const [nrInodesLeft, nrHandlesLeft] = guest.session.nrKnown;
  guest.end();
  const { machine } = guest;
  return {
    version: 1,
    kind: "summary",
    hasBegun: guest.hasBegun,
    report: reportOf(machine, request),
    json: {
      ...machineValue(machine),
      requests: guest.session.nrRequests,
      inodesLeft: nrInodesLeft,
      handlesLeft: nrHandlesLeft,
      peakMb: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
    },
    violations: verifyMachine(machine).map(({ rule }) => rule),
  };
}

function reportOf(machine: Machine, { withMap, withLedger }: GuestRequest): string {
  const map = withMap ? `\n${chunkMap(machine.percpu)}` : "";
  const ledger = withLedger ? `\n${printLedger(explainDying(machine))}` : "";
  return `${printMachine(machine)}${map}${ledger}`;
}
