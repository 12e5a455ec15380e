/**
 * Scripts on the virtual machine, their whole output, and the machine's state recomputed after each command.
 * corpus/*.txt holds sections: `== KERNEL TITLE`, the script, `--`, what it prints. `UPDATE_GOLDEN=1` writes the outputs
 * anew. The texts are ebb's own: where a real machine was asked, the section says so.
 */

import { filesIn, readFixture, UPDATES_GOLDENS, writeFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { runOnVm } from "./test-vm.ts";

const CORPUS = new URL("corpus/", import.meta.url).pathname;

interface Section {
  readonly heading: string;
  readonly kernel: string;
  readonly script: string;
  readonly expected: string;
}

function parseSections(text: string): readonly Section[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((part) => {
      const headingEnd = part.indexOf("\n");
      const outputAt = part.indexOf("\n--\n");
      const heading = part.slice(0, headingEnd);
      return {
        heading,
        kernel: heading.split(" ")[0] ?? "",
        script: part.slice(headingEnd + 1, outputAt + 1),
        expected: part.slice(outputAt + 4),
      };
    });
}

function printSection(section: Section, output: string): string {
  return `== ${section.heading}\n${section.script}--\n${output}`;
}

for (const file of filesIn(CORPUS)) {
  describe(file, () => {
    const sections = parseSections(readFixture(CORPUS, file) ?? "");
    const outputs: string[] = [];
    for (const section of sections) {
      test(section.heading, () => {
        const run = runOnVm(section.kernel, section.script);
        expect({ findings: run.findings, violations: run.violations }).toEqual({ findings: [], violations: [] });
        outputs.push(printSection(section, run.output));
        if (!UPDATES_GOLDENS) expect(run.output).toBe(section.expected);
        else if (outputs.length === sections.length) writeFixture(CORPUS, file, outputs.join(""));
      });
    }
  });
}
