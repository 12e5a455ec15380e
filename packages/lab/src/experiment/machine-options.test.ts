import { KERNEL_PROFILES } from "@ebb/model";
import { describe, expect, test } from "vitest";
import { defaultPolicies, type MachineRequest, machineOptions } from "./machine-options.ts";
import { MACHINE_SETTINGS } from "./machine-settings.ts";

const PLAIN: MachineRequest = { kernel: "5.12", policy: undefined, cpus: undefined, nodes: undefined, settings: [] };

/** What a request comes to: `policy kinds empty cpus nodes`, or the problem's place and message. */
function check(request: Partial<MachineRequest>, expected: string): void {
  const got = machineOptions({ ...PLAIN, ...request });
  const text =
    "severity" in got
      ? `${got.file}: ${got.message}`
      : `${got.policy.name} ${got.variant.kinds} ${got.variant.emptyCount} ${got.nrCpus} ${got.nrNodes}`;
  expect(text).toBe(expected);
}

describe("a machine as the user names it", () => {
  test.each<[Partial<MachineRequest>, string]>([
    [{}, "vanilla 2 global 16 1"],
    [{ kernel: "6.1" }, "upstream 1 global 32 1"],
    [{ policy: "v3" }, "v3 2 perkind 16 1"],
    [{ kernel: "6.1", policy: "rfc" }, "rfc 1 global 32 1"],
    [{ kernel: "6.1", policy: "early-release" }, "upstream 1 global 32 1"],
    [{ kernel: "4.12", policy: "vanilla+early-release" }, "vanilla 1 global 22 1"],
    [{ cpus: "8192", nodes: "8192" }, "vanilla 2 global 8192 8192"],
    [{ cpus: "1" }, "vanilla 2 global 1 1"],
    [{ settings: ["kinds=1", "empty=perkind"] }, "vanilla 1 perkind 16 1"],
    [{ settings: ["kinds=1", "kinds=2"] }, "vanilla 2 global 16 1"],
  ])("%j is %s", check);

  test.each<[Partial<MachineRequest>, string]>([
    [{ kernel: "5.13" }, "--kernel 5.13: no such kernel"],
    [{ policy: "" }, '--policy "": no such policy'],
    [{ policy: "toString" }, "--policy toString: no such policy"],
    [{ cpus: "0" }, "--cpus 0: not a number of CPUs"],
    [{ cpus: "8193" }, "--cpus 8193: not a number of CPUs"],
    [{ cpus: "1e3" }, "--cpus 1e3: not a number of CPUs"],
    [{ cpus: "4", nodes: "5" }, "--nodes 5: not a number of nodes"],
    [{ settings: ["kinds"] }, "--set kinds: not a value of this setting"],
    [{ settings: ["kinds=3"] }, "--set kinds=3: not a value of this setting"],
    [{ settings: ["kind=1"] }, "--set kind=1: no such setting"],
    [{ settings: [""] }, '--set "": no such setting'],
    [{ settings: ["grace-period-ms=0"] }, "--set grace-period-ms=0: not a value of this setting"],
    [{ settings: ["exec-ms=-1"] }, "--set exec-ms=-1: not a value of this setting"],
    [{ settings: ["exec-ms=1000001"] }, "--set exec-ms=1000001: not a value of this setting"],
  ])("%j is refused: %s", check);

  test("times are whole nanoseconds", () => {
    const settings = ["grace-period-ms=0.000001", "exec-ms=2.5", "destroy-item-ms=0", "balance-delay-ms=7"];
    expect(machineOptions({ ...PLAIN, settings })).toMatchObject({
      gracePeriodNs: 1,
      execNs: 2_500_000,
      destroyItemNs: 0,
      balanceDelayNs: 7_000_000,
    });
  });

  test("inputs of the profile can be set", () => {
    const got = machineOptions({ ...PLAIN, settings: ["static-percpu=100000", "boot-repeats=0"] });
    expect(got).toMatchObject({ profile: { staticPercpuBytes: 100000, bootAreas: { repeats: 0 } } });
  });

  test("the problem of an unknown setting lists all there are", () => {
    const got = machineOptions({ ...PLAIN, settings: ["x=1"] });
    for (const { name } of MACHINE_SETTINGS) expect("severity" in got && got.expected).toContain(`${name}=`);
  });
});

test("a comparison shows what was tried on the kernel, oldest first", () => {
  expect(KERNEL_PROFILES.map((profile) => defaultPolicies(profile).join(","))).toEqual([
    "vanilla,upstream",
    "vanilla,upstream",
    "vanilla,early-release",
    "vanilla,upstream",
    "vanilla,rfc,v1,v3,upstream",
    "vanilla,upstream",
    "vanilla,upstream",
  ]);
});
