/**
 * Real programs on a virtual machine, as a user runs them: the same scripts print the same under real bash and under the
 * evaluator; whatever ends ebb, the host is as it was; and hostile programs get Linux's answers.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";
import { hostState, processesWith, pythonProgram, whyNoLoadables, whyNoRealPrograms } from "./testing/real-programs.ts";

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

const CAN_SERVE = whyNoRealPrograms() === undefined;
const HAS_LOADABLES = CAN_SERVE && whyNoLoadables() === undefined;
const PYTHON3 = CAN_SERVE ? pythonProgram(3) : undefined;
const PYTHON2 = CAN_SERVE ? pythonProgram(2) : undefined;

/** Runs where real programs can; elsewhere the reason has been told. */
function onHost(name: string, body: () => void | Promise<void>, timeoutMs = 120_000): void {
  test(name, { timeout: timeoutMs }, async () => {
    if (CAN_SERVE) await body();
  });
}

function scriptText(name: string): string {
  return readFileSync(name.startsWith("mail") ? `fixtures/scripts/${name}` : `experiments/${name}`, "latin1");
}

/** Runs a program on a machine with the flags given; it may not fail. */
function exec(flags: readonly string[], ...program: readonly string[]): string {
  const { status, stdout, stderr } = ebb.run(["exec", ...flags, "--quiet", "--", ...program]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** One script under the evaluator and under real bash. */
function bothWays(name: string, flags: readonly string[]): void {
  const file = ebb.file(name, scriptText(name));
  const evaluated = ebb.run(["run", file, ...flags, "--quiet"]);
  expect(evaluated.status).toBe(0);
  expect(exec([...flags, "--tmp"], "bash", "--norc", "-c", scriptText(name), name)).toBe(evaluated.stdout);
}

describe("the same figures under real bash and under the evaluator", () => {
  const flags = (...words: string[]) => words;

  onHost("percpu-churn.sh", () => bothWays("percpu-churn.sh", flags("--policy", "upstream", "--env", "KEEP=60")));
  onHost("hollow-chunks.sh", () => bothWays("hollow-chunks.sh", flags()));
  for (const kernel of ["5.0", "5.4", "6.1"]) {
    onHost(`dying-memcg.sh on ${kernel}`, () => bothWays("dying-memcg.sh", flags("--kernel", kernel, "--env", "N=60")));
  }
  onHost("mail 001's script", () => bothWays("mail-001.sh", flags()));
  onHost("mail 000's script", () => bothWays("mail-000.sh", flags("--policy", "rfc")), 600_000);

  test("scripts that load builtins", { timeout: 300_000 }, () => {
    if (!HAS_LOADABLES) return;
    bothWays("dead-slab-caches.sh", flags("--kernel", "3.8", "--policy", "s003-v5"));
    bothWays("dead-slab-caches.sh", flags("--kernel", "3.8", "--set", "allocator=SLAB"));
    bothWays("slab-ipis.sh", flags("--kernel", "4.12", "--env", "N=2000"));
    bothWays("slab-ipis.sh", flags("--kernel", "5.4", "--cpus", "8", "--env", "N=300"));
    bothWays("slab-ipis.sh", flags("--kernel", "4.12", "--env", "N=300", "--env", "PINNED=1"));
  });

  test("slab-ipis.py in real Python 3, slab-ipis.sh under the evaluator", { timeout: 300_000 }, () => {
    if (PYTHON3 === undefined) return;
    const script = ebb.file("slab-ipis.sh", scriptText("slab-ipis.sh"));
    for (const [kernel, n] of [
      ["4.12", "2000"],
      ["5.4", "300"],
    ] as const) {
      const own = ["--kernel", kernel, "--env", `N=${n}`];
      const evaluated = ebb.run(["run", script, ...own, "--quiet"]);
      expect(exec([...own, "--tmp"], PYTHON3, resolve("experiments/slab-ipis.py"))).toBe(evaluated.stdout);
    }
  });

  test("mail 004's script in real Python 2, or with its one print for Python 3", { timeout: 300_000 }, () => {
    const python = PYTHON2 ?? PYTHON3;
    if (python === undefined) return;
    const original = scriptText("mail-004.py");
    const text = python === PYTHON2 ? original : original.replace(/^print (.*)$/m, "print($1)");
    const mount = 'mkdir -p /mnt/cgroup/memory && mount -t cgroup -o memory memory /mnt/cgroup/memory && exec "$@"';
    const run = (policy: string) =>
      exec(
        ["--kernel", "4.12", "--tmp", "--policy", policy],
        "bash",
        "--norc",
        "-c",
        mount,
        "bash",
        python,
        "-c",
        text,
      );
    // Where the interpreter starts decides which CPU the first caches are made on: a round of the CPUs more or less.
    const [, before, after, ipis] = /^10000 loops: (\d+) => (\d+) \(\+(\d+) ipis\)\n$/.exec(run("always-ipi")) ?? [];
    expect(Number(after) - Number(before)).toBe(Number(ipis));
    expect(Math.abs(Number(ipis) - 47_727)).toBeLessThan(22);
    expect(run("no-first-ipi")).toBe("10000 loops: 1192 => 1192 (+0 ipis)\n");
  });
});

describe("what the program sees", () => {
  onHost("its pid, its cgroup, the machine's CPUs and time", () => {
    const script = `echo $$; cat /proc/self/cgroup; nproc; uname -r
      mkdir /sys/fs/cgroup/a; echo $$ > /sys/fs/cgroup/a/cgroup.procs; cat /proc/self/cgroup
      head -1 /sys/fs/cgroup/a/cgroup.procs; sleep 1000; cut -d. -f1 /proc/uptime; date +%H:%M:%S
      readlink /proc/self/exe; [ -e /proc/self/fd/0 ] && echo descriptors`;
    const said = exec(["--cpus", "5"], "bash", "--norc", "-c", script).split("\n");
    expect(said.slice(0, 7)).toEqual(["1000", "0::/", "5", "5.12.0", "0::/a", "1000", "1000"]);
    expect(said.slice(7, 10)).toEqual([
      "19:23:33",
      statSync("/bin/readlink").isFile() ? "/usr/bin/readlink" : "",
      "descriptors",
    ]);
  });

  onHost("several sleepers wake in their order, and a task that ends leaves its cgroup", () => {
    const script = `cd /sys/fs/cgroup; mkdir a
      for n in 3 1 2; do (echo $BASHPID > a/cgroup.procs; sleep $n; echo $n) & done
      sleep 0.5; rmdir a 2> /dev/null || echo busy; wait; grep populated a/cgroup.events; rmdir a; cut -d. -f1 /proc/uptime`;
    expect(exec([], "bash", "--norc", "-c", script)).toBe("busy\n1\n2\n3\npopulated 0\n3\n");
  });

  onHost("the wall's clock with --real-time", () => {
    const said = exec(["--real-time"], "bash", "--norc", "-c", "sleep 1.2; cut -d. -f1 /proc/uptime");
    expect(Number(said)).toBeGreaterThanOrEqual(1);
    expect(Number(said)).toBeLessThan(60);
  });

  onHost("a report on standard error, its own exit status, JSON", () => {
    const failed = ebb.run(["exec", "--map", "--", "bash", "--norc", "-c", "echo out; exit 7"]);
    expect([failed.status, failed.stdout]).toEqual([7, "out\n"]);
    expect(failed.stderr).toMatch(/^\nkernel +5\.12 (.*\n)+\d+ chunks, /);
    expect(ebb.run(["exec", "--quiet", "--", "bash", "--norc", "-c", "kill -9 $$"]).status).toBe(137);
    const json = JSON.parse(ebb.run(["exec", "--json", "--", "bash", "--norc", "-c", "echo out"]).stdout);
    expect(json).toMatchObject({ format: "ebb-exec/1", status: 0, stdout: "out\n", kernel: "5.12" });
    expect(json.stateHash).toMatch(/^[0-9a-f]{16}$/);
  });

  onHost("ebb's own commands, in a shell", () => {
    const lines =
      "mkdir /sys/fs/cgroup/a; rmdir /sys/fs/cgroup/a\nebb-step 2\nebb-why | head -1\nebb-map | tail -1\nebb-policy upstream | head -1\nexit 3\n";
    const run = ebb.run(["shell"], lines);
    expect(run.status).toBe(3);
    expect(run.stdout).toMatch(/^2\.\d{3} s\nno cgroup is dying\n\d+ chunks, .*\n +vanilla +upstream\n$/);
  });
});

describe("the shell of the evaluator", () => {
  test("constructs over several lines, mistakes, its exit status", () => {
    const lines = "for i in 1 2; do\necho $i\ndone\necho )\ncd /sys/fs/cgroup && mkdir a && pwd\nexit 4\n";
    const run = ebb.run(["shell", "--evaluator"], lines);
    expect([run.status, run.stdout]).toEqual([4, "1\n2\n/sys/fs/cgroup\n"]);
    expect(run.stderr).toContain("syntax error");
  });

  test("ebb's own commands; what has been done there, under another policy", () => {
    const churn = "for i in {1..200}; do mkdir c$i; done; for i in {1..199}; do rmdir c$i; done";
    const lines = `cd /sys/fs/cgroup; echo +memory > cgroup.subtree_control; ${churn}
ebb-step 10
grep Percpu /proc/meminfo
ebb-policy upstream
ebb-policy nosuch
ebb-policy
`;
    const run = ebb.run(["shell", "--evaluator", "--policy", "vanilla"], lines);
    const said = run.stdout.split("\n");
    expect(said[0]).toMatch(/^10\.\d{3} s$/);
    const percpuKb = Number(/\d+/.exec(said[1] ?? ""));
    const [, a, b] = /^Percpu, kB +(\d+) +(\d+)$/m.exec(run.stdout) ?? [];
    expect(Number(a)).toBe(percpuKb);
    expect(Number(b)).toBeLessThan(percpuKb);
    const upstream = ebb.run(["shell", "--evaluator", "--policy", "upstream"], lines).stdout.split("\n")[1];
    expect(Number(b)).toBe(Number(/\d+/.exec(upstream ?? "")));
    expect(run.stderr).toContain("ebb-policy: nosuch: no policy of the percpu allocator");
    expect(run.stdout).toMatch(/^policy +vanilla/m);
  });
});

describe("afterwards the host is as it was", () => {
  const script = `mkdir /mnt/x; cd /sys/fs/cgroup; i=0
    while :; do mkdir c$i; echo x > /tmp/f$i; (sleep 5 &) ; rmdir c$i; i=$((i+1)); done # ${ebb.folder}`;

  /** Starts it and waits until its first processes run. */
  async function started(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [ebb.program, "exec", "--tmp", "--", "bash", "--norc", "-c", script], {
      stdio: "ignore",
    });
    for (let tried = 0; tried < 200 && processesWith(ebb.folder).length < 5; tried++) await pause(50);
    return child;
  }

  onHost("a kill -9 of ebb, at whatever moment, and other ends", async () => {
    const before = hostState(ebb.folder);
    for (const [signal, afterMs] of [
      ["SIGKILL", 0],
      ["SIGKILL", 300],
      ["SIGKILL", 1000],
      ["SIGTERM", 500],
      ["SIGHUP", 100],
    ] as const) {
      const child = await started();
      await pause(afterMs);
      child.kill(signal);
      for (let tried = 0; tried < 100 && processesWith(ebb.folder).length > 0; tried++) await pause(50);
      expect(hostState(ebb.folder), `${signal} after ${afterMs} ms`).toEqual(before);
    }
  });

  onHost("a kill -9 while it starts", async () => {
    const before = hostState(ebb.folder);
    for (let afterMs = 100; afterMs <= 900; afterMs += 100) {
      const child = spawn(process.execPath, [ebb.program, "exec", "--", "bash", "--norc", "-c", script], {
        stdio: "ignore",
      });
      await pause(afterMs);
      child.kill("SIGKILL");
      for (let tried = 0; tried < 100 && processesWith(ebb.folder).length > 0; tried++) await pause(50);
      expect(hostState(ebb.folder), `after ${afterMs} ms`).toEqual(before);
    }
  });

  onHost("two machines side by side do not see each other", async () => {
    const before = hostState(ebb.folder);
    const run = (name: string) =>
      outputOf([
        "exec",
        "--quiet",
        "--tmp",
        "--",
        "bash",
        "--norc",
        "-c",
        `cd /sys/fs/cgroup; for i in $(seq 50); do mkdir ${name}$i; done; echo > /tmp/${name}; sleep 1; ls -d [ab]*/ | wc -l; ls /tmp`,
      ]);
    expect(await Promise.all([run("a"), run("b")])).toEqual(["50\na\n", "50\nb\n"]);
    expect(hostState(ebb.folder)).toEqual(before);
  });

  onHost("what the program writes where the machine's files are stays there", () => {
    const inside = `set -e; echo x > /mnt/x; mkdir -p /mnt/a/b; echo y > /tmp/${"ebb-left-behind"}; mount -t tmpfs none /mnt/a; mount | grep -c /mnt/a`;
    expect(exec(["--tmp"], "bash", "--norc", "-c", inside)).toBe("1\n");
    expect(spawnSync("ls", ["/mnt/x", "/mnt/a", "/tmp/ebb-left-behind"]).stdout.toString()).toBe("");
  });

  async function outputOf(args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [ebb.program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (piece) => {
      text += piece;
    });
    await new Promise((done) => child.on("close", done));
    return text;
  }
});

describe("hostile programs", () => {
  onHost("parallel writers, deep trees, odd sizes: Linux's answers", () => {
    const script = `cd /sys/fs/cgroup; export LC_ALL=C
      for w in 1 2 3 4; do (for i in $(seq 200); do mkdir w$w-$i && rmdir w$w-$i || echo bad; done) & done; wait
      d=.; for i in $(seq 60); do d=$d/d; mkdir $d || echo bad; done
      find . -name d -type d | wc -l
      while [ $d != . ]; do rmdir $d || echo bad; d=$(dirname $d); done
      dd if=/proc/meminfo bs=1 2>/dev/null | grep -c Percpu
      dd if=/proc/meminfo bs=1M 2>/dev/null | grep -c Percpu
      dd if=/proc/meminfo bs=7 skip=3 count=1 2>/dev/null | wc -c
      head -c 3000000 /dev/urandom > /tmp/r; cp /tmp/r /tmp/s; cmp /tmp/r /tmp/s && stat -c %s /tmp/s
      dd if=/tmp/r of=/tmp/t bs=1M 2>/dev/null; dd if=/tmp/r of=/tmp/u bs=4093 2>/dev/null; cmp /tmp/t /tmp/u && echo same
      cat /sys/fs/cgroup/none 2>&1; mkdir nodir/x 2>&1; echo x 2>&1 > /proc/meminfo; rm cgroup.procs 2>&1
      ln /tmp/r /tmp/hard 2>&1; mknod /tmp/dev c 1 3 2>&1; ls /proc/1/fd 2>&1 | head -1; ls /proc/.ebb/call
      echo nonsense > cgroup.subtree_control; dd if=/dev/zero of=cgroup.procs bs=1M count=1 2>&1 | head -1`;
    const run = ebb.run(["exec", "--tmp", "--quiet", "--", "bash", "--norc", "-c", script]);
    expect(`${run.stdout}${run.stderr}`.split("\n")).toEqual([
      ...["60", "1", "1", "7", "3000000", "same"],
      "cat: /sys/fs/cgroup/none: No such file or directory",
      "mkdir: cannot create directory 'nodir/x': No such file or directory",
      "bash: line 11: /proc/meminfo: Permission denied",
      "rm: cannot remove 'cgroup.procs': Operation not permitted",
      "ln: failed to create hard link '/tmp/hard' => '/tmp/r': Operation not permitted",
      "mknod: /tmp/dev: Operation not permitted",
      "ls: cannot access '/proc/1/fd': No such file or directory",
      "/proc/.ebb/call",
      "dd: error writing 'cgroup.procs': Invalid argument",
      "bash: line 13: echo: write error: Invalid argument",
      "",
    ]);
  });

  onHost("nothing of the host can be reached through the mount", () => {
    const script = `cat /proc/1/environ /proc/cmdline /proc/kcore /proc/sysrq-trigger 2>&1 | grep -c "No such file"
      ls /proc/.kernel/sys/kernel > /dev/null && echo 1 > /proc/.kernel/sys/vm/drop_caches
      ls /sys; ls /sys/kernel/debug; cut -d' ' -f1 /proc/mounts | sort | tr '\\n' ' '`;
    const run = ebb.run(["exec", "--tmp", "--quiet", "--", "bash", "--norc", "-c", script]);
    expect(run.stdout).toBe("4\ndevices\nfs\nkernel\npercpu_stats\ncgroup2 debugfs proc sysfs tmpfs udev ");
    expect(run.stderr).toContain("Read-only file system");
  });
});

describe("where real programs cannot run", () => {
  test("one message says what is missing, and that `ebb run` needs none of it", () => {
    const path = join(ebb.folder, "no-tools");
    const run = spawnSync(process.execPath, [ebb.program, "exec", "--", "true"], {
      encoding: "latin1",
      env: { PATH: path },
    });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(
      /^ebb exec: error: real programs cannot run on a virtual machine here\n {2}expected {2}Linux with \/dev\/fuse/,
    );
    expect(run.stderr).toContain("run the script with `ebb run`, which needs none of that");
    expect(run.stderr.split("\n")).toHaveLength(5);
  });

  onHost("a container without the right to mount", () => {
    const run = spawnSync(
      "setpriv",
      ["--bounding-set=-sys_admin", "--inh-caps=-sys_admin", process.execPath, ebb.program, "exec", "--", "true"],
      { encoding: "latin1" },
    );
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^ebb exec: error: .*\n.*\n {2}got .*(not permitted|denied)/);
  });

  onHost("a program that is not there is the shell's own message and status", () => {
    const run = ebb.run(["exec", "--quiet", "--", "no-such-program"]);
    expect([run.status, run.stdout]).toEqual([127, ""]);
    expect(run.stderr).toContain("no-such-program");
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
