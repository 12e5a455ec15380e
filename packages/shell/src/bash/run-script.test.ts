import { describe, expect, it } from "vitest";
import { EAGAIN, ESRCH } from "../errno.ts";
import type { Command } from "../process/command.ts";
import type { FileHandle, FileNode } from "../vfs/node.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import { startScript } from "./run-script.ts";
import { runOnTestMachine } from "./test-machine.ts";

/** Runs a script and compares its standard output. */
function check(source: string, stdout: string): void {
  const run = runOnTestMachine(source);
  expect({ stdout: run.stdout, stderr: run.stderr, kind: run.result.kind }).toEqual({
    stdout,
    stderr: "",
    kind: "exited",
  });
}

describe("results", () => {
  it("gives the status of the script", () => {
    expect(runOnTestMachine("exit 7").result).toEqual({ kind: "exited", status: 7, findings: [], nrLeftRunning: 0 });
  });

  it("does not run a script with a syntax error", () => {
    const { result, stdout } = runOnTestMachine("echo a\nif true; then\nfi\n");
    expect(stdout).toBe("");
    expect(result).toEqual({
      kind: "syntax-error",
      line: 3,
      column: 1,
      message: "expected command after 'then'",
      sourceLine: "fi",
    });
  });

  it("finds syntax errors inside substitutions", () => {
    const { result } = runOnTestMachine("echo a\necho $(for i in)\n");
    expect(result).toMatchObject({ kind: "syntax-error", line: 2 });
  });

  it("records unknown commands with their place", () => {
    const { result, stderr, stdout } = runOnTestMachine("echo a\n  nosuch x\necho $?\n");
    expect(stdout).toBe("a\n127\n");
    expect(stderr).toBe("script.sh: line 2: nosuch: command not found\n");
    const finding = {
      kind: "unknown-command",
      script: "script.sh",
      line: 2,
      column: 3,
      message: "nosuch: command not found",
    };
    expect(result).toMatchObject({ kind: "exited", findings: [finding] });
  });

  it("records options a command leaves out", () => {
    const odd: Command = (context) => {
      context.stderr.write("odd: option '-z' is not modelled by ebb\n");
      return 2;
    };
    const { result } = runOnTestMachine("odd -z", { commands: new Map([["odd", odd]]) });
    expect(result).toMatchObject({
      findings: [{ kind: "unsupported-option", line: 1, message: "odd: option '-z' is not modelled by ebb" }],
    });
  });

  it("records syntax that is not modelled", () => {
    const { result } = runOnTestMachine("select x in a; do break; done");
    expect(result).toMatchObject({ findings: [{ kind: "unsupported-syntax" }] });
  });
});

describe("ends", () => {
  it("reports a deadlock", () => {
    const { result } = runOnTestMachine("exec 3<>p; read x < p2", {
      prepare: (tree) => {
        tree.mkfifo("/tmp/w/p", "/", 0o644);
        tree.mkfifo("/tmp/w/p2", "/", 0o644);
      },
    });
    expect(result).toMatchObject({ kind: "deadlock", waiting: [{ title: "script.sh" }] });
  });

  it("counts what is left running", () => {
    const run = runOnTestMachine("sleep 100 & echo x & exit 3");
    expect(run.result).toMatchObject({ kind: "exited", status: 3, nrLeftRunning: 1 });
    expect(run.stdout).toBe("x\n");
    expect(run.nrTasksLeft).toBe(0);
  });

  it("stops when the caller asks", () => {
    let nrAsked = 0;
    const started = startScript({
      source: "while :; do :; done",
      name: "s",
      args: [],
      vfs: runlessTree(),
      host: runlessHost(),
      commands: new Map(),
      env: new Map(),
      cwd: "/",
      pid: 1,
      stdout: () => {},
      stderr: () => {},
      shouldStop: () => ++nrAsked > 5,
    });
    if (!("run" in started)) throw new Error("it did not start");
    expect(started.run().kind).toBe("stopped");
  });
});

describe("stepping", () => {
  it("goes on process by process", () => {
    let text = "";
    const started = startScript({
      source: "echo a; sleep 1 & wait; echo b",
      name: "s",
      args: [],
      vfs: runlessTree(),
      host: runlessHost(),
      commands: new Map([["sleep", () => 0]]),
      env: new Map(),
      cwd: "/",
      pid: 1,
      stdout: (piece) => {
        text += piece;
      },
      stderr: () => {},
    });
    if (!("step" in started)) throw new Error("it did not start");
    expect(started.step()).toBeUndefined();
    expect(text).toBe("a\n");
    let result = started.step();
    while (result === undefined) result = started.step();
    expect(result).toMatchObject({ kind: "exited", status: 0 });
    expect(text).toBe("a\nb\n");
  });
});

describe("time and tasks", () => {
  it("charges a start for each program and nothing for builtins", () => {
    expect(runOnTestMachine("echo a; x=1; true").elapsedNs).toBe(0);
    expect(runOnTestMachine("cat /dev/null; cat /dev/null").elapsedNs).toBe(2_000_000);
  });

  it("sleeps side by side", () => {
    const run = runOnTestMachine("sleep 1 & sleep 1 & sleep 1 & wait");
    expect(run.elapsedNs).toBeGreaterThanOrEqual(1e9);
    expect(run.elapsedNs).toBeLessThan(1.1e9);
  });

  it("lets time pass in a loop that only looks", () => {
    check("while ((SECONDS < 2)); do :; done; echo $SECONDS", "2\n");
  });

  it("retries a refused fork, then gives the command up", () => {
    const { stdout, stderr, elapsedNs } = runOnTestMachine("cat /dev/null\necho next $?\n", { maxTasks: 0 });
    expect(stdout).toBe("next 254\n");
    expect(stderr).toBe(
      `${`script.sh: line 1: fork: retry: ${EAGAIN.message}\n`.repeat(4)}script.sh: line 1: fork: ${EAGAIN.message}\n`,
    );
    expect(elapsedNs).toBe(15e9);
  });

  it("ends every task it makes", () => {
    const run = runOnTestMachine(
      "echo a | cat | cat; (sleep 1; exit 2); x=$(cat /dev/null); : <(echo q); { true; } & wait; sleep 5 & kill $!; wait",
    );
    expect(run.nrTasksLeft).toBe(0);
  });

  it("ends when background loops do not", () => {
    const run = runOnTestMachine("while :; do cat /dev/null; done &\nwhile :; do :; done &\necho main");
    expect(run.stdout).toBe("main\n");
    expect(run.result).toMatchObject({ kind: "exited", status: 0, nrLeftRunning: 2 });
    expect(run.nrTasksLeft).toBe(0);
  });

  it("is the same every time", () => {
    const source = "for i in 1 2 3; do (sleep 0.$((4-i)); echo $i $RANDOM) & done; wait; echo $RANDOM";
    const [a, b] = [runOnTestMachine(source), runOnTestMachine(source)];
    expect(a.stdout).toBe(b.stdout);
    expect(a.stdout.split("\n").map((line) => line.charAt(0))).toEqual([
      "3",
      "2",
      "1",
      a.stdout.split("\n")[3]?.charAt(0),
      "",
    ]);
  });
});

describe("events", () => {
  it("tell what each command of the script printed", () => {
    const source =
      "echo one\nx=$(echo hidden)\nfor i in a b; do echo $i; done\necho p | cat\nf() { echo in f; }\nf\n(echo sub)\n";
    const { events } = runOnTestMachine(source);
    expect(events.map(({ text, line, stdout, status }) => [text, line, stdout, status])).toEqual([
      ["echo one", 1, "one\n", 0],
      ["echo a", 3, "a\n", 0],
      ["echo b", 3, "b\n", 0],
      ["echo p | cat", 4, "p\n", 0],
      ["echo in f", 5, "in f\n", 0],
      ["echo sub", 7, "sub\n", 0],
    ]);
  });

  it("give background output to the command that wrote it", () => {
    const { events } = runOnTestMachine("(sleep 1; echo late) & sleep 2; echo end; wait");
    expect(events.filter((event) => event.stdout !== "").map((event) => [event.text, event.stdout])).toEqual([
      ["echo late", "late\n"],
      ["echo end", "end\n"],
    ]);
  });

  it("leave out redirected output and carry times", () => {
    const { events } = runOnTestMachine("echo x > f\ncat f\nsleep 1\n");
    expect(events.map((event) => event.stdout)).toEqual(["", "x\n", ""]);
    expect(events.map((event) => event.endNs - event.startNs)).toEqual([0, 1_000_000, 1_001_000_000]);
  });
});

describe("control files", () => {
  it("report what the kernel answers to a write", () => {
    const run = runOnTestMachine("echo 5 > /tmp/ctl/procs\necho $?\nprintf x > /tmp/ctl/procs || echo failed\n", {
      prepare: (tree) => {
        tree.mkdir("/tmp/ctl", "/", 0o755);
        const root = createTmpfs(() => 0);
        root.adopt("procs", controlFile());
        tree.mount({ path: "/tmp/ctl", type: "ctl", source: "ctl", options: "rw", root });
      },
    });
    expect(run.stdout).toBe("1\nfailed\n");
    expect(run.stderr).toBe(
      "script.sh: line 1: echo: write error: No such process\nscript.sh: line 3: printf: write error: No such process\n",
    );
  });
});

function controlFile(): FileNode {
  const handle: FileHandle = { read: () => "", write: () => ESRCH, close: () => {} };
  return { kind: "file", ino: 99, mode: 0o644, mtimeNs: 0, nlink: 1, sizeBytes: () => 0, open: () => handle };
}

function runlessTree(): Parameters<typeof startScript>[0]["vfs"] {
  let found: Parameters<typeof startScript>[0]["vfs"] | undefined;
  runOnTestMachine("", {
    prepare: (tree) => {
      found = tree;
    },
  });
  if (found === undefined) throw new Error("no tree");
  return found;
}

function runlessHost(): Parameters<typeof startScript>[0]["host"] {
  let nowNs = 0;
  let lastPid = 1;
  return {
    nowNs: () => nowNs,
    advanceTo: (timeNs) => {
      nowNs = timeNs;
    },
    bootEpochSeconds: 0,
    nrCpus: 1,
    hostName: "h",
    kernelRelease: "6.1",
    execNs: 1000,
    callNs: 0,
    returnFromCall: () => undefined,
    cpusOf: () => [0, 4],
    setCpus: () => undefined,
    fork: () => ++lastPid,
    exec: () => undefined,
    exit: () => {},
  };
}
