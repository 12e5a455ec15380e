/**
 * Records what real bash does with the shell corpus: each `corpus/*.sh` is a list of snippets, each run in a directory
 * of its own; stdout, stderr and status go to `*.expected` beside it.
 *
 *     npx tsx scripts/record-shell-corpus.ts [name ...]
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  formatOutcomes,
  parseSnippets,
  type Snippet,
  type SnippetOutcome,
} from "../packages/shell/src/bash/corpus/format.ts";

const CORPUS = new URL("../packages/shell/src/bash/corpus/", import.meta.url).pathname;
const TIMEOUT_MS = 20_000;

function record(snippet: Snippet): SnippetOutcome {
  const directory = mkdtempSync(join(tmpdir(), "shell-corpus-"));
  try {
    writeFileSync(join(directory, "script.sh"), snippet.source, "latin1");
    // Pipes of this process are sockets, which bash treats specially; cat gives it real ones.
    const wrapped = "bash script.sh < /dev/null 2> >(cat >&2) | cat; exit ${PIPESTATUS[0]}";
    const ran = spawnSync("bash", ["-c", wrapped], {
      cwd: directory,
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C" },
      encoding: "latin1",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
    });
    return { name: snippet.name, stdout: ran.stdout, stderr: ran.stderr, status: ran.status ?? -1 };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const wanted = process.argv.slice(2);
for (const file of readdirSync(CORPUS).sort()) {
  if (!file.endsWith(".sh") || (wanted.length > 0 && !wanted.includes(file.slice(0, -3)))) continue;
  const snippets = parseSnippets(readFileSync(join(CORPUS, file), "latin1"));
  const outcomes = snippets.map(record);
  writeFileSync(join(CORPUS, file.replace(/\.sh$/, ".expected")), formatOutcomes(outcomes), "latin1");
  process.stdout.write(`${file}: ${outcomes.length} snippets\n`);
}
