/** `enable -f`: commands that run in the shell's own process. */

import { expect, test } from "vitest";
import { runOnTestMachine } from "./test-machine.ts";

test("a loaded command makes no task and starts no program", () => {
  const plain = runOnTestMachine("mkdir a b; rmdir a b");
  const loaded = runOnTestMachine("for c in mkdir rmdir; do enable -f /usr/lib/bash/$c $c; done; mkdir a b; rmdir a b");
  expect(plain.elapsedNs).toBeGreaterThan(0);
  expect([loaded.elapsedNs, loaded.stderr, loaded.nrTasksLeft]).toEqual([0, "", 0]);
});

test("a name that is not the file's is a finding", () => {
  const { result, stderr } = runOnTestMachine("enable -f /usr/lib/bash/mkdir rmdir || echo no");
  const findings = result.kind === "exited" ? result.findings : [];
  expect(findings.map(({ message }) => message)).toEqual([
    "enable -f: rmdir: no such command to load from /usr/lib/bash/mkdir",
  ]);
  expect(stderr).toContain("enable: cannot open shared object /usr/lib/bash/mkdir");
});

test("redirections, assignments, pipes and subshells", () => {
  const load = "enable -f /usr/lib/bash/cat cat; ";
  expect(runOnTestMachine(`${load}echo a | cat; cat <<< b > f; cat f; (echo c | cat); builtin cat f`).stdout).toBe(
    "a\nb\nc\nb\n",
  );
  expect(runOnTestMachine("enable -f /usr/lib/bash/printenv printenv; X=1 printenv X; printenv X").stdout).toBe("1\n");
});
