import { describe, expect, it } from "vitest";
import type { Running, TaskHost } from "./command.ts";
import { Process, Scheduler } from "./scheduler.ts";
import { SIGCONT, SIGKILL, SIGSTOP, SIGTERM } from "./signals.ts";

interface Bench {
  readonly scheduler: Scheduler;
  readonly log: string[];
  readonly ended: number[];
  now(): number;
  start(pid: number, body: Running<number>): Process;
}

function bench(): Bench {
  let nowNs = 0;
  const log: string[] = [];
  const ended: number[] = [];
  const host: TaskHost = {
    nowNs: () => nowNs,
    advanceTo: (timeNs) => {
      nowNs = timeNs;
    },
    bootEpochSeconds: 0,
    nrCpus: 1,
    hostName: "test",
    kernelRelease: "6.1",
    execNs: 0,
    callNs: 0,
    returnFromCall: () => undefined,
    cpusOf: () => [0, 4],
    setCpus: () => undefined,
    fork: () => 0,
    exec: () => undefined,
    exit: (pid) => ended.push(pid),
  };
  const scheduler = new Scheduler(host);
  const start = (pid: number, body: Running<number>): Process => {
    const process = new Process(pid, 1, `p${pid}`);
    scheduler.start(process, body);
    return process;
  };
  return { scheduler, log, ended, now: () => nowNs, start };
}

function* sleeper(b: Bench, name: string, ...timesNs: number[]): Running<number> {
  for (const timeNs of timesNs) {
    yield { kind: "until", timeNs };
    b.log.push(`${name}@${b.now()}`);
  }
  return 0;
}

const never = (): boolean => false;

describe("scheduler", () => {
  it("runs timers in time order, ties in the order they were set", () => {
    const b = bench();
    b.start(2, sleeper(b, "a", 30, 40));
    b.start(3, sleeper(b, "b", 10, 30));
    b.start(4, sleeper(b, "c", 30));
    expect(b.scheduler.run(never, never)).toBe("deadlock");
    expect(b.log).toEqual(["b@10", "a@30", "c@30", "b@30", "a@40"]);
    expect(b.ended).toEqual([4, 3, 2]);
  });

  it("does not let time pass while something is ready", () => {
    const b = bench();
    let open = false;
    b.start(2, sleeper(b, "late", 100));
    b.start(
      3,
      (function* () {
        yield { kind: "condition", holds: () => open };
        b.log.push(`opened@${b.now()}`);
        return 0;
      })(),
    );
    b.start(
      4,
      (function* () {
        yield { kind: "until", timeNs: 0 };
        open = true;
        return 0;
      })(),
    );
    b.scheduler.run(never, never);
    expect(b.log).toEqual(["opened@0", "late@100"]);
  });

  it("reports a deadlock with who waits", () => {
    const b = bench();
    b.start(
      2,
      (function* () {
        yield { kind: "condition", holds: never };
        return 0;
      })(),
    );
    expect(b.scheduler.run(never, never)).toBe("deadlock");
    expect(b.scheduler.blocked().map((process) => process.pid)).toEqual([2]);
  });
});

describe("signals", () => {
  it("kills a sleeping process and forgets its timer", () => {
    const b = bench();
    const process = b.start(2, sleeper(b, "x", 50));
    b.start(3, sleeper(b, "y", 60));
    b.scheduler.step(true);
    expect(b.scheduler.signal(2, SIGTERM)).toBeUndefined();
    expect(process.status).toBe(128 + SIGTERM);
    b.scheduler.run(never, never);
    expect(b.log).toEqual(["y@60"]);
    expect(b.scheduler.signal(2, SIGKILL)?.code).toBe("ESRCH");
  });

  it("holds a stopped process until it is continued", () => {
    const b = bench();
    b.start(2, sleeper(b, "x", 10));
    b.start(
      3,
      (function* () {
        yield { kind: "until", timeNs: 50 };
        b.scheduler.signal(2, SIGCONT);
        return 0;
      })(),
    );
    b.scheduler.signal(2, SIGSTOP);
    b.scheduler.run(never, never);
    expect(b.log).toEqual(["x@50"]);
  });
});

describe("scheduler at its limits", () => {
  it("stops without letting time pass when told", () => {
    const b = bench();
    b.start(2, sleeper(b, "x", 10));
    expect(b.scheduler.run(never, never, false)).toBe("idle");
    expect(b.now()).toBe(0);
  });

  it("takes thousands of timers out in order", () => {
    const b = bench();
    const times = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3001);
    times.forEach((timeNs, i) => {
      b.start(i + 2, sleeper(b, String(timeNs), timeNs + 1));
    });
    b.scheduler.run(never, never);
    const seen = b.log.map((entry) => Number(entry.split("@")[1]));
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(b.log.length).toBe(3000);
  });
});
