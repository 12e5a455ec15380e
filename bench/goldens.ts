/** Operations per second on the large golden scripts, beside the kernel's own code. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parsePercpuOperations } from "@ebb/formats";
import { geometryOfScript, percpuOfScript } from "@ebb/lab";
import { hashPercpu, PERCPU_POLICIES } from "@ebb/model";
import { KERNEL_C_MILLION_OPS } from "./kernel-c.ts";
import { replayOperations } from "./percpu-replay.ts";
import { cpuSeconds } from "./timing.ts";

export interface GoldenSpeed {
  readonly golden: string;
  readonly policy: string;
  readonly operations: number;
  readonly maxChunks: number;
  readonly millionOpsPerSecond: number;
  /** Of the kernel's own code; undefined where no figure was published. */
  readonly ofKernelC: number | undefined;
  readonly stateHash: string;
}

/** Times each `7xx` and `8xx` script of `folder` under each policy it has output for. */
export function benchGoldens(folder: string, smoke: boolean): GoldenSpeed[] {
  const names = readdirSync(folder)
    .filter((name) => /^[78].*\.ops\.gz$/.test(name))
    .sort();
  return names.flatMap((name) => benchGolden(folder, name.slice(0, -".ops.gz".length), smoke));
}

function benchGolden(folder: string, golden: string, smoke: boolean): GoldenSpeed[] {
  const read = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString("latin1");
  const ops = parsePercpuOperations(read(`${golden}.ops.gz`), golden, read);
  if ("severity" in ops) throw new Error(`${golden}: ${ops.message}`);
  const { config } = ops;
  const geometry = geometryOfScript(config);
  if (typeof geometry === "string") throw new Error(`${golden}: ${geometry}`);
  const areas = new Int32Array(ops.nrAreas);
  const policies = PERCPU_POLICIES.filter((policy) => ["vanilla", "rfc", "upstream"].includes(policy.name));
  return policies.map((policy) => {
    let t = percpuOfScript(geometry, config, policy);
    let operations = 0;
    const seconds = cpuSeconds(() => {
      t = percpuOfScript(geometry, config, policy);
      operations = replayOperations(t, ops, areas);
    }, smoke);
    const millionOpsPerSecond = operations / seconds / 1e6;
    const kernelC = KERNEL_C_MILLION_OPS.find(([name]) => name === golden)?.[1];
    return {
      golden,
      policy: policy.name,
      operations,
      maxChunks: t.ordinal.length,
      millionOpsPerSecond,
      ofKernelC: kernelC === undefined ? undefined : millionOpsPerSecond / kernelC,
      stateHash: hashPercpu(t),
    };
  });
}
