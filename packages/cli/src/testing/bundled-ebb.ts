/** The bundled command, built into a folder of its own, as a user runs it: arguments in, exit code and bytes out. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Outcome {
  readonly status: number | null;
  /** Byte strings. */
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export class BundledEbb {
  /** Working directory of each call, for the files of a test. */
  readonly folder = mkdtempSync(join(tmpdir(), "ebb-test-"));
  readonly program = join(this.folder, "bin", "ebb.mjs");

  constructor() {
    execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", this.program]);
  }

  /** Writes a file into the folder; answers its name. */
  file(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.folder, name), content);
    return name;
  }

  run(args: readonly string[], stdin = ""): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.program, ...args], {
      cwd: this.folder,
      input: stdin,
      encoding: "latin1",
      maxBuffer: MAX_OUTPUT_BYTES,
      // Nothing of the tester's surroundings may matter, but the way to `sh`.
      env: { PATH: process.env.PATH },
    });
    return { status, stdout, stderr };
  }

  /** Runs shell text in which `ebb` is the command. */
  shell(text: string): Outcome {
    const script = `ebb() { "${process.execPath}" "${this.program}" "$@"; }\n${text}`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: this.folder, encoding: "latin1" });
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A problem as it is printed. */
export function printedProblem(head: string, expected: string, found: string, toDo: string): string {
  const got = found === "" ? "" : `  got       ${found}\n`;
  return `${head}\n  expected  ${expected}\n${got}  to do     ${toDo}\n`;
}
