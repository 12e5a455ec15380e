/** Operations per second on the large golden scripts, beside the kernel's own code. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parsePercpuOperations } from "@ebb/formats";
import { geometryOfScript, percpuOfScript } from "@ebb/lab";
import { hashPercpu, percpuPolicy } from "@ebb/model";
import { KERNEL_C_MILLION_OPS } from "./kernel-c.ts";
import { replayOperations } from "./percpu-replay.ts";
import { cpuSeconds } from "./timing.ts";

export interface GoldenSpeed {
  readonly golden: string;
  readonly policy: string;
  readonly operations: number;
  readonly millionOpsPerSecond: number;
  /** Of the kernel's own code; undefined where no figure was published. */
  readonly ofKernelC: number | undefined;
  readonly stateHash: string;
}

const TIMED_POLICIES = ["vanilla", "rfc", "upstream"];

/** Golden and policy of each timing of `folder`: its `7xx` and `8xx` scripts under the policies of the kernel's figures. */
export function goldenTimings(folder: string): { readonly golden: string; readonly policy: string }[] {
  return readdirSync(folder)
    .filter((name) => /^[78].*\.ops\.gz$/.test(name))
    .sort()
    .flatMap((name) => TIMED_POLICIES.map((policy) => ({ golden: name.slice(0, -".ops.gz".length), policy })));
}

/** Times one script of `folder` under one policy. */
export function benchGolden(folder: string, golden: string, policyName: string, smoke: boolean): GoldenSpeed {
  const read = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString("latin1");
  const ops = parsePercpuOperations(read(`${golden}.ops.gz`), golden, read);
  if ("severity" in ops) throw new Error(`${golden}: ${ops.message}`);
  const { config } = ops;
  const geometry = geometryOfScript(config);
  const policy = percpuPolicy(policyName);
  if (typeof geometry === "string" || policy === undefined) throw new Error(`${golden} ${policyName}: cannot run`);
  const areas = new Int32Array(ops.nrAreas);
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
    millionOpsPerSecond,
    ofKernelC: kernelC === undefined ? undefined : millionOpsPerSecond / kernelC,
    stateHash: hashPercpu(t),
  };
}
