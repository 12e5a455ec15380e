/**
 * The part of our style that a machine can check: `npx tsx scripts/tidy.ts` from the root of the repository. Prints
 * one line for each offence, `file:line: rule: what to do`, and exits 1 if there is any. Warnings do not count.
 */

import { bannedGlobals } from "./tidy/banned-globals.ts";
import { bigFiles } from "./tidy/big-files.ts";
import { deadExports } from "./tidy/dead-exports.ts";
import { fileLength } from "./tidy/file-length.ts";
import { fileNames } from "./tidy/file-names.ts";
import { functionLength } from "./tidy/function-length.ts";
import { importDirection } from "./tidy/import-direction.ts";
import { kernelTags } from "./tidy/kernel-tags.ts";
import { leftovers } from "./tidy/leftovers.ts";
import { machineCalls } from "./tidy/machine-calls.ts";
import { modelBits } from "./tidy/model-bits.ts";
import { orphanFiles } from "./tidy/orphan-files.ts";
import { privatePaths } from "./tidy/private-paths.ts";
import { provenance } from "./tidy/provenance.ts";
import { type Rule, readRepository } from "./tidy/repository.ts";
import { skippedTests } from "./tidy/skipped-tests.ts";

const RULES: readonly Rule[] = [
  importDirection,
  bannedGlobals,
  machineCalls,
  modelBits,
  fileLength,
  functionLength,
  fileNames,
  deadExports,
  orphanFiles,
  kernelTags,
  provenance,
  bigFiles,
  leftovers,
  skippedTests,
  privatePaths,
];

const repository = readRepository(process.cwd());
let nrOffences = 0;
for (const rule of RULES) {
  for (const finding of rule.check(repository)) {
    const kind = finding.warning ? "warning: " : "";
    process.stdout.write(`${finding.path}:${finding.line}: ${kind}${rule.name}: ${finding.message}\n`);
    if (!finding.warning) nrOffences++;
  }
}
if (nrOffences > 0) {
  process.stdout.write(`tidy: ${nrOffences} to put right\n`);
  process.exitCode = 1;
}
