/** A number or behaviour taken from the kernel says from which file and version of it. */

import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

const TAG = "@kernel";
/** A source file, header, Kconfig or document of the kernel, with its folder. */
const KERNEL_FILE = /[\w-]+\/(?:[\w.+-]+\/)*(?:[\w.+-]+\.(?:c|h|S|rst|txt|lds)|Kconfig(?:\.\w+)?)\b/;
const KERNEL_VERSION = /\bv\d+\.\d+/;

export const kernelTags: Rule = { name: "kernel-tags", check };

function check(repository: Repository): readonly Finding[] {
  return repository.typeScript().flatMap(checkFile);
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  const findings: Finding[] = [];
  for (const comment of file.comments) {
    for (let at = comment.text.indexOf(TAG); at !== -1; at = comment.text.indexOf(TAG, at + 1)) {
      const missing = missingParts(tagText(comment.text, at + TAG.length));
      if (missing === undefined) continue;
      const message = `name the ${missing}, as in "${TAG} mm/percpu.c pcpu_isolate_chunk(), v6.1"`;
      findings.push({ path: file.path, line: file.lineAt(comment.offset + at), message });
    }
  }
  return findings;
}

/** The tag's own words: up to the next tag or the end of the comment. */
function tagText(comment: string, start: number): string {
  const rest = comment.slice(start);
  const next = rest.search(/\n\s*\*?\s*@\w/);
  return next === -1 ? rest : rest.slice(0, next);
}

function missingParts(text: string): string | undefined {
  const hasFile = KERNEL_FILE.test(text);
  const hasVersion = KERNEL_VERSION.test(text);
  if (hasFile && hasVersion) return undefined;
  return hasFile ? "kernel version" : hasVersion ? "kernel source file" : "kernel source file and version";
}
