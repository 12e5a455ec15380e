/** The command from outside: exit codes and whole outputs. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { BundledEbb, printedProblem } from "./testing/bundled-ebb.ts";

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

const OPS = "c embed cpus=4 nodes=1 static=65536\na 1 64 8 0\ns\n";
const OPS_OUTPUT = `G units=4 unit_size=524288 static=65536 reserved=8192 dyn=28672 atom=2097152 alloc=2097152 groups=1 first_pages=7 first_start=0 first_end=0 res_pages=2 res_start=0 res_end=0 nr_slots=19 free_slot=18
0 0
S empty_pop=6 populated=25 pages=100 Percpu_kB=400 chunks=1 pending=0
K slot=-1 ord=R free=8192 pages=2 pop=2 empty=2 iso=0 ch=2048 chs=0 sh=0 shs=0 ff=0
K slot=12 ord=0 free=28608 pages=7 pop=7 empty=6 iso=0 ch=7152 chs=16 sh=0 shs=0 ff=16
`;

ebb.file("plain.ops", OPS);
ebb.file("packed.ops.gz", gzipSync(OPS));
ebb.file("cut.ops.gz", gzipSync(OPS).subarray(0, 40));
ebb.file("rest.gz", gzipSync("a 1 64 8 0\ns\n"));
ebb.file("includes.ops", "c embed cpus=4 nodes=1 static=65536\n@ rest.gz\n");
ebb.file("escapes.ops", "@ ../other.ops\n");
ebb.file("includes-cut.ops", "@ cut.ops.gz\n");
ebb.file("program", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255]));
ebb.file("syntax.sh", "echo one\nif true; then\n  echo two\n");
ebb.file("exit3.sh", "echo out; echo err >&2; exit 3\n");
ebb.file("unknown.sh", "frobnicate --now || true\n");
ebb.file("arguments.sh", 'printf "%s|" "$0" "$@"; echo\n');
ebb.file("reading.sh", "grep Percpu /proc/meminfo\n");
mkdirSync(join(ebb.folder, "folder"));

/** Runs a command line and compares its exit code and both outputs whole. */
function check(args: readonly string[], status: number, stdout: string, stderr: string, stdin = ""): void {
  expect(ebb.run(args, stdin)).toEqual({ status, stdout, stderr });
}

const SEE_HELP = "\n  to do     see `ebb --help`, or `--help` after a command\n";
const A_TEXT_FILE = "a text file, plain or gzip, or - for standard input";
const CHECK_FILE = "check the name and the file";
const POLICIES = "vanilla, rfc, v1, v3, upstream";
const OTHER_POLICIES = [
  "keep-stats",
  "early-release",
  "always-ipi",
  "no-first-ipi",
  "never-ipi",
  "dead-caches-kept",
  "s003-v5",
  "v3.8-merged",
];
const POLICY_SETS = `${POLICIES}, ${OTHER_POLICIES.join(", ")}; several joined by + for several subsystems`;
const NAME_A_POLICY = "name one of these; `ebb policies` describes them";

describe("called wrongly: exit 2, nothing on standard output", () => {
  test.each<[readonly string[], string]>([
    [["xyzzy"], `ebb: error: No command registered for \`xyzzy\`${SEE_HELP}`],
    [["rum"], `ebb: error: No command registered for \`rum\`, did you mean \`run\`?${SEE_HELP}`],
    [["run"], `ebb: error: Expected at least 1 argument(s) for SCRIPT [ARGS] but found none${SEE_HELP}`],
    [["run", "--cpu", "3", "x"], `ebb: error: No flag registered for --cpu, did you mean --cpus?${SEE_HELP}`],
    [["percpu", "--policy"], `ebb: error: Expected input for flag --policy${SEE_HELP}`],
    [["kernels", "--policy"], `ebb: error: No flag registered for --policy${SEE_HELP}`],
    [
      ["run", "exit3.sh", "--policy", "foo"],
      printedProblem("--policy foo: error: no such policy", POLICY_SETS, "foo", NAME_A_POLICY),
    ],
    [
      ["percpu", "--policy", "foo"],
      printedProblem("--policy foo: error: no such policy", POLICIES, "foo", NAME_A_POLICY),
    ],
    [
      ["compare", "reading.sh", "--policy", "rfc,"],
      printedProblem('--policy "": error: no such policy', POLICY_SETS, "nothing", NAME_A_POLICY),
    ],
    [
      ["compare", "reading.sh", "--kernel", "2.4"],
      printedProblem(
        "--kernel 2.4: error: no such kernel",
        "3.8, 4.12, 5.0, 5.4, 5.12, 6.1, 7.1",
        "2.4",
        "name one of these; `ebb kernels` describes them",
      ),
    ],
    [
      ["run", "exit3.sh", "--cpus", "0"],
      printedProblem(
        "--cpus 0: error: not a number of CPUs",
        "1 to 8192",
        "0",
        "give a whole number in that range, or leave the option out for the kernel's own",
      ),
    ],
    [
      ["run", "exit3.sh", "--env", "1=2"],
      printedProblem(
        "--env 1=2: error: not a variable",
        "NAME=value, the name of letters, digits and _",
        "1=2",
        "write it as in --env KEEP=100",
      ),
    ],
    [
      ["run", "missing.sh"],
      printedProblem("missing.sh: error: no such file", A_TEXT_FILE, "nothing under that name", CHECK_FILE),
    ],
    [
      ["cost", "--memcgs", "0"],
      printedProblem(
        "--memcgs 0: error: not a number of cgroups",
        "1 to 10000000",
        "0",
        "give a whole number in that range",
      ),
    ],
    [
      ["cost", "--hierarchy", "v3"],
      printedProblem("--hierarchy v3: error: no such hierarchy", "v1, v2", "v3", "name one of these"),
    ],
    [
      ["cost", "--kernel", "v6.1", "--set", "numa=0"],
      printedProblem(
        "--set numa=0: error: the sizes of 6.1 are those of one recorded kernel with numa=1; what it would take otherwise is not known",
        "6.1 as it is: numa=1 psi=0 bpf=0",
        "numa=0",
        "leave the setting out, or choose another --kernel; `ebb kernels` lists them",
      ),
    ],
    [["run", "folder"], printedProblem("folder: error: not a file", A_TEXT_FILE, "a directory", CHECK_FILE)],
    [
      ["run", "program"],
      printedProblem("program: error: not a script", A_TEXT_FILE, "bytes that no text file holds", CHECK_FILE),
    ],
    [
      ["percpu", "--policy", "rfc", "cut.ops.gz"],
      printedProblem(
        "cut.ops.gz: error: the gzip file is cut off",
        A_TEXT_FILE,
        "the end of the file before the end of the data",
        CHECK_FILE,
      ),
    ],
    [
      ["percpu", "--policy", "rfc", "includes-cut.ops"],
      printedProblem(
        "includes-cut.ops:1: error: cannot read an included file",
        "the file cut.ops.gz beside the script",
        "cut.ops.gz: the gzip file is cut off (the end of the file before the end of the data)",
        "correct the line; `ebb percpu --help` shows the format",
      ),
    ],
    [
      ["percpu", "--policy", "rfc", "escapes.ops"],
      printedProblem(
        "escapes.ops:1: error: cannot read an included file",
        "the file ../other.ops beside the script",
        "../other.ops: an include may not leave the folder of the script (../other.ops)",
        "correct the line; `ebb percpu --help` shows the format",
      ),
    ],
  ])("ebb %j", (args, stderr) => check(args, 2, "", stderr));

  test.each(["run", "compare"])("ebb %s on a syntax error", (command) => {
    const { status, stdout, stderr } = ebb.run([command, "syntax.sh"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^syntax\.sh:\d+:\d+: error: syntax error: .*\n {2}expected {2}.*\n(.*\n)? {2}to do .*\n$/);
  });

  test("each unknown setting lists the settings", () => {
    const { status, stdout, stderr } = ebb.run(["run", "exit3.sh", "--set", "kind=1"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^--set kind=1: error: no such setting\n {2}expected {2}kinds=1 or 2\n {12}empty=global or perkind\n/,
    );
  });
});

describe("ebb percpu", () => {
  test.each([["plain.ops"], ["packed.ops.gz"], ["includes.ops"]])("runs %s", (name) => {
    check(["percpu", "--policy", "vanilla", name], 0, OPS_OUTPUT, "");
  });

  test("reads standard input, and verifies", () => {
    check(["percpu", "--policy", "vanilla", "-"], 0, OPS_OUTPUT, "", OPS);
    check(["percpu", "--policy", "vanilla", "--verify"], 0, OPS_OUTPUT, "", OPS);
  });

  test("ends quietly when its reader has seen enough", () => {
    ebb.file("long.ops", `${OPS}${"b\n".repeat(5000)}`);
    const outcome = ebb.shell(`ebb percpu --policy vanilla long.ops | head -n 2 | tail -n 1; echo $\{PIPESTATUS[0]}`);
    expect(outcome).toEqual({ status: 0, stdout: "0 0\n0\n", stderr: "" });
  });

  test("says when its output cannot be written", () => {
    const { status, stderr } = ebb.shell("ebb percpu --policy vanilla plain.ops > /dev/full");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ebb: error: standard output failed: ENOSPC/);
  });
});

describe("ebb run", () => {
  test("passes output on, reports, and answers the script's status", () => {
    const report = [
      "err",
      "",
      "kernel        5.12 (5.12.0)",
      "policy        vanilla, 2 kinds, empty pages global",
      "machine       16 CPUs, 1 node",
      "exit status   3",
      "virtual time  0.000 s",
      "commands      3",
      "percpu        7360 kB in 2 chunks; 231168 bytes live in each unit",
      "pages         115 populated in each unit, 6 of them empty",
      "cgroups       0 online, 0 dying",
      "",
    ];
    check(["run", "exit3.sh"], 3, "out\n", report.join("\n"));
    check(["run", "exit3.sh", "--quiet"], 3, "out\n", "err\n");
  });

  test("draws the map below the report", () => {
    const { stderr } = ebb.run(["run", "reading.sh", "--map"]);
    expect(stderr).toMatch(
      /\ncgroups .*\n\ncR kind 0 reserved +\|\.\.\|\nc0 .*\|\n(c\d+ .*\|\n)*# full .*\n\d+ chunks, .*\n$/,
    );
  });

  test("a finding makes 1 of 0, and is told", () => {
    const { status, stdout, stderr } = ebb.run(["run", "unknown.sh", "--quiet"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("unknown.sh:1:1: error: frobnicate: command not found; ebb has no such command\n");
  });

  test("hands arguments and variables on as bytes", () => {
    const args = ["--quiet", "--", "-x", "--help", "é b"];
    const bytes = Buffer.from("é b", "utf8").toString("latin1");
    check(["run", "arguments.sh", ...args], 0, `arguments.sh|-x|--help|${bytes}|\n`, "");
    check(["run", "-", "--quiet", "--env", "A=é b"], 0, `${bytes}\n`, "", 'echo "$A"\n');
  });

  test("prints one JSON document", () => {
    const { status, stdout, stderr } = ebb.run(["run", "-", "--json"], "printf 'caf\\303\\251'; echo e >&2; exit 4\n");
    expect([status, stderr]).toEqual([4, ""]);
    const document: unknown = JSON.parse(Buffer.from(stdout, "latin1").toString("utf8"));
    expect(document).toMatchObject({ format: "ebb-run/1", script: "stdin", stdout: "café", stderr: "e\n", status: 4 });
  });

  test("ends quietly when its reader has seen enough", () => {
    ebb.file("endless.sh", "while :; do echo y; done\n");
    const outcome = ebb.shell(`ebb run endless.sh | head -n 1; echo $\{PIPESTATUS[0]}`);
    expect(outcome).toEqual({ status: 0, stdout: "y\n0\n", stderr: "" });
  });

  test("is ended at once by an interrupt", () => {
    ebb.file("forever.sh", "while :; do :; done\n");
    const outcome = ebb.shell(
      "timeout --preserve-status -s INT 1 bash -c 'exec \"$@\"' - " +
        `"${process.execPath}" "${ebb.program}" run forever.sh`,
    );
    expect([outcome.stdout, outcome.stderr]).toEqual(["", ""]);
    expect(outcome.status).toBe(130);
  });
});

describe("ebb compare", () => {
  test("without a reading there is nothing to compare", () => {
    const { status, stdout, stderr } = ebb.run(["compare", "-", "--policy", "rfc"], "true\n");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^stdin: error: the script printed no reading of Percpu\n {2}expected .*\n {2}to do .*\n$/);
  });

  test("shows the policies side by side", () => {
    const table = [
      "reading.sh on 6.1, 32 CPUs, 1 node; Percpu in kB",
      "",
      "                                     vanilla   upstream",
      "kinds, empty pages counted         1, global  1, global",
      "line 1  grep Percpu /proc/meminfo       6528       6528",
      "came back                                  -          -",
      "ideal                                      -          -",
      "x ideal                                    -          -",
      "",
    ];
    check(["compare", "reading.sh", "--kernel", "6.1"], 0, table.join("\n"), "");
  });

  test("shows Slab and dying cgroups where the script looks at them", () => {
    ebb.file("slab.sh", "grep -E 'Percpu|Slab' /proc/meminfo\ngrep dying /sys/fs/cgroup/cgroup.stat\n");
    const { status, stdout } = ebb.run(["compare", "slab.sh", "--kernel", "5.0", "--policy", "vanilla"]);
    expect([status, stdout.replace(/[0-9]{5}/g, "NNNNN")]).toEqual([
      0,
      `slab.sh on 5.0, 32 CPUs, 1 node; Percpu and Slab in kB

                                             vanilla
kinds, empty pages counted                 1, global
line 1  grep -E Percpu|Slab /proc/meminfo       6912
        Slab                                   NNNNN
line 2  dying cgroups                              0
came back                                          -
ideal                                              -
x ideal                                            -
`,
    ]);
    const letter = ebb.run(["compare", "slab.sh", "--kernel", "5.0", "--policy", "vanilla", "--cover-letter"]).stdout;
    expect(letter).toMatch(/^vanilla:\n {4}\$ .\/slab.sh\n {4}Slab: .*\n {4}Percpu: .*\n {4}nr_dying_descendants 0\n$/);
    const json = JSON.parse(ebb.run(["compare", "slab.sh", "--kernel", "5.0", "--policy", "vanilla", "--json"]).stdout);
    const [first, second] = json.columns[0].readings;
    expect([Object.keys(first.rows), first.dyingDescendants]).toEqual([["Slab", "Percpu"], undefined]);
    expect([second.rows, second.dyingDescendants]).toEqual([{}, 0]);
  });

  test("tells what failed once", () => {
    ebb.file("fails.sh", "grep Percpu /proc/meminfo\necho oops >&2\nexit 5\n");
    const { status, stdout, stderr } = ebb.run(["compare", "fails.sh", "--policy", "rfc,v3", "--cover-letter"]);
    expect([status, stderr]).toEqual([1, "under rfc: exit status 5\noops\nunder v3: exit status 5\n"]);
    expect(stdout).toBe(
      "rfc:\n    $ ./fails.sh\n    Percpu:             7360 kB\n\nwith v3:\n    $ ./fails.sh\n    Percpu:             7616 kB\n",
    );
  });
});

describe("ebb cost", () => {
  test("shows the objects, what comes on top, totals", () => {
    const { status, stdout, stderr } = ebb.run(["cost", "--kernel", "5.0", "--cpus", "64", "--nodes", "2"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^One memory cgroup on 5\.0: 64 CPUs, 2 nodes, .*\n1540 bytes of percpu memory per CPU, .*\n\npercpu area /,
    );
    expect(stdout).toContain(
      "\nmemcg vmstats                       952  1       60928  last pin    60928      -  [1]\n",
    );
  });

  test("prints one JSON document", () => {
    const { status, stdout, stderr } = ebb.run([
      "cost",
      "--kernel",
      "5.4",
      "--hierarchy",
      "v1",
      "--memcgs",
      "7",
      "--json",
    ]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      format: "ebb-cost/1",
      hierarchy: "v1",
      each: { alive: { percpuPerCpu: 2356, percpu: 2356 * 32 } },
      total: { alive: { percpu: 2356 * 32 * 7 } },
    });
  });
});

describe("ebb why", () => {
  const PINNED = `cd /sys/fs/cgroup; mkdir a b; echo $$ > a/cgroup.procs; head -c 5000 /dev/zero > ~/x
echo $$ > cgroup.procs; rmdir a b; sleep 3; echo done
`;
  const LEDGER = `1 dying cgroup holds 59.4 kB: percpu 42.1 kB, slab 9.3 kB, pages 8 kB
  1 x /a, removed 3.0 s ago
      pinned by    2 shmem pages in 1 file, in memory alone
      holds        percpu 42.1 kB (2696 bytes x 16 CPUs), slab 9.3 kB, pages 8 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
`;

  test("explains what a script leaves behind, and answers 1", () => {
    ebb.file("pinned.sh", PINNED);
    const { status, stdout, stderr } = ebb.run(["why", "pinned.sh"]);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout.startsWith(LEDGER)).toBe(true);
    expect(stdout).toContain("\n  delete the 1 file ");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(ebb.run(["why", "pinned.sh", "--output"])).toEqual({ status, stdout, stderr: "done\n" });
    const explained = ebb.run(["run", "pinned.sh", "--explain"]);
    expect([explained.status, explained.stdout]).toEqual([0, "done\n"]);
    expect(explained.stderr).toMatch(/^\nkernel {8}5\.12/);
    expect(explained.stderr.endsWith(`\n\n${stdout}`)).toBe(true);
  });

  test("as JSON, the same as a key of a run's", () => {
    const why = JSON.parse(ebb.run(["why", "pinned.sh", "--json"]).stdout);
    expect(why).toMatchObject({ format: "ebb-why/1", script: "pinned.sh", policy: "vanilla", status: 0, findings: [] });
    expect(why.ledger).toMatchObject({ dying: 1, groups: [{ pins: { "shmem pages": 2 }, firstPath: "/a" }] });
    expect(JSON.parse(ebb.run(["run", "pinned.sh", "--json", "--explain"]).stdout).ledger).toEqual(why.ledger);
    expect(JSON.parse(ebb.run(["run", "pinned.sh", "--json"]).stdout)).not.toHaveProperty("ledger");
  });

  test("answers 0 where nothing is dying, 1 where the script failed", () => {
    const nothing = "no cgroup is dying\nmemcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying\n";
    check(["why", "-"], 0, nothing, "", "true\n");
    check(["why", "-"], 1, nothing, "oops\nstdin: exit status 3\n", "echo oops >&2; exit 3\n");
    check(["why", "-", "--policy", "early-release"], 0, nothing, "", "true\n");
  });
});

describe("lists and help", () => {
  test("kernels and policies", () => {
    expect(ebb.run(["kernels"]).stdout).toMatch(
      /^3\.8 {3}Linux .*; policy vanilla\n(.*\n){3}5\.12 {2}Linux .*; policy vanilla\n6\.1 {3}Linux .*; policy upstream\n.*\n$/,
    );
    expect(ebb.run(["policies"]).stdout).toMatch(
      /^vanilla {11}percpu {2}.*\nrfc .*\nv1 .*\nv3 .*\nupstream .*\nkeep-stats {8}memcg {3}.*\nearly-release {5}memcg .*\nalways-ipi {8}slab {4}.*\n(.* slab .*\n){5}$/,
    );
    expect(JSON.parse(ebb.run(["kernels", "--json"]).stdout)).toMatchObject({ format: "ebb-kernels/1" });
    expect(JSON.parse(ebb.run(["policies", "--json"]).stdout)).toMatchObject({ format: "ebb-policies/1" });
  });

  test("the version", () => check(["--version"], 0, "0.1.0\n", ""));

  test.each([[""], ["run"], ["compare"], ["percpu"], ["cost"], ["explore"], ["kernels"], ["policies"]])(
    "help for %j has examples",
    (command) => {
      const { status, stdout, stderr } = ebb.run([...(command === "" ? [] : [command]), "--help"]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^USAGE\n {2}ebb [\s\S]*\nEXAMPLES\n {2}.*ebb /);
    },
  );
});

test("an option that nobody knows is a finding even when its message goes to /dev/null", () => {
  const script = ebb.file("options.sh", "ls --bogus 2>/dev/null\nread -z x 2>/dev/null\necho done\n");
  const { status, stdout, stderr } = ebb.run(["run", "--quiet", script]);
  expect([status, stdout]).toEqual([1, "done\n"]);
  expect(stderr).toContain("options.sh:1:1: error: ls: unrecognized option '--bogus'");
  expect(stderr).toContain("options.sh:2:1: error: ");
});
