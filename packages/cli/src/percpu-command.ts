/** `ebb percpu`: an operation script on the percpu allocator alone. */

import { type PercpuOperations, type Problem, parsePercpuOperations } from "@ebb/formats";
import { geometryOfScript, percpuOfScript, policyNamed, runOperations } from "@ebb/lab";
import { type Percpu, printViolation, verifyPercpu } from "@ebb/model";
import { buildCommand } from "@stricli/core";
import { IncludeReader, readInput } from "./input.ts";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, untilClosed, writeError, writeOut } from "./output.ts";
import { Progress } from "./progress.ts";

interface PercpuFlags {
  readonly policy: string;
  readonly verify?: boolean;
}

/** Violations printed before the rest is only counted. */
const MAX_PRINTED = 20;

const DESCRIPTION = `Runs an operation script, plain or gzip, on the percpu allocator and prints what happens, one line for each result
and event.

  c embed cpus=N nodes=M static=B   the machine; or c explicit units= unit_size= static= reserved= dyn= atom=
  a ID SIZE ALIGN ATOMIC [KIND]     allocate
  r ID SIZE ALIGN                   allocate from the reserved chunk
  f ID                              free
  w | p                             run the balance work; only if it is pending
  s | b | d                         print a snapshot; all block records; the percpu_stats text
  @ FILE                            the content of FILE, of the script's folder, stands here
  # ...                             comment

With --verify, each derived field of the state is recomputed after each operation; the exit code is 1 when any
disagrees.

EXAMPLES
  ebb percpu --policy upstream churn.ops.gz
  printf 'c embed cpus=4 nodes=1 static=65536\\na 1 64 8 0\\ns\\n' | ebb percpu --policy vanilla -`;

export const percpuCommand = buildCommand({
  func(flags: PercpuFlags, path: string) {
    untilClosed(() => percpu(flags, path));
  },
  parameters: {
    flags: {
      policy: { kind: "parsed", parse: String, placeholder: "P", brief: "Percpu policy; `ebb policies` lists them" },
      verify: toggle("Check the whole state after each operation"),
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, placeholder: "FILE", default: "-", brief: "The operation script, - for standard input" },
      ],
    },
  },
  docs: {
    brief: "Run an operation script on the percpu allocator",
    fullDescription: DESCRIPTION,
    customUsage: ["--policy P [--verify] [FILE|-]"],
  },
});

/** Answers the exit code. */
function percpu(flags: PercpuFlags, path: string): number {
  const policy = policyNamed(flags.policy);
  if ("severity" in policy) return failUsage(policy);
  const input = readInput(path);
  if ("severity" in input) return failUsage(input);
  const includes = new IncludeReader(path);
  const ops = parsePercpuOperations(input.text, input.name, (name) => includes.read(name));
  if ("severity" in ops) return failUsage(withCause(ops, includes.problem));
  const geometry = geometryOfScript(ops.config);
  if (typeof geometry === "string") return failUsage(wrongGeometry(ops.configPlace, geometry));
  const t = percpuOfScript(geometry, ops.config, policy);
  return runAll(t, ops, input.name, flags.verify === true) ? 0 : EXIT_FINDING;
}

/** Runs the operations and prints their output; false when the state was found wrong on the way. */
function runAll(t: Percpu, ops: PercpuOperations, name: string, verify: boolean): boolean {
  const progress = new Progress();
  let nrViolations = 0;
  const write = (text: string) => {
    progress.clear();
    writeOut(text);
  };
  runOperations(t, ops, write, (index) => {
    progress.tick(() => `${index + 1} of ${ops.nrOperations} operations`);
    if (!verify) return;
    for (const violation of verifyPercpu(t)) {
      if (++nrViolations > MAX_PRINTED) break;
      progress.clear();
      writeError(`${name}: operation ${index + 1}: ${printViolation(violation)}\n`);
    }
  });
  progress.clear();
  if (nrViolations > MAX_PRINTED) writeError(`${name}: more than ${MAX_PRINTED} violations; the first are shown\n`);
  return nrViolations === 0;
}

/** The problem of an include says where it stands; why it could not be read is known to its reader. */
function withCause(problem: Problem, cause: Problem | undefined): Problem {
  return cause === undefined ? problem : { ...problem, found: `${cause.file}: ${cause.message} (${cause.found})` };
}

function wrongGeometry({ file, line, text }: PercpuOperations["configPlace"], fault: string): Problem {
  return {
    severity: "error",
    file,
    line,
    message: "no allocator can be laid out like this",
    expected: fault,
    found: text,
    toDo: "correct the configuration line (c embed or c explicit)",
  };
}
