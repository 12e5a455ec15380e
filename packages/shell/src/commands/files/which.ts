/** which: programs are found by name in the set of commands, or as executable files in PATH. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";

const OPTIONS = optionTable({ short: "as", status: 2 });

export function createWhich(names: () => Iterable<string>): (context: CommandContext) => number {
  return (context) => {
    const options = parseOptions(context, OPTIONS);
    if (typeof options === "number") return options;
    const known = new Set(names());
    let status = 0;
    for (const name of options.operands) {
      const paths = name.includes("/") ? [name] : candidates(context, name);
      const found = paths.filter((path) => isExecutable(context, path));
      if (found.length === 0 && known.has(name)) found.push(`/usr/bin/${name}`);
      if (found.length === 0) status = 1;
      if (!options.has("s"))
        for (const path of options.has("a") ? found : found.slice(0, 1)) context.stdout.write(`${path}\n`);
    }
    return options.operands.length === 0 ? 1 : status;
  };
}

function candidates(context: CommandContext, name: string): string[] {
  return (context.env.get("PATH") ?? "").split(":").map((directory) => `${directory || "."}/${name}`);
}

function isExecutable(context: CommandContext, path: string): boolean {
  const node = context.vfs.lookup(path, context.cwd);
  return !isErrno(node) && node.kind === "file" && (node.mode & 0o111) !== 0;
}
