/** sysctl: kernel parameters as the files of /proc/sys. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain } from "../support/report.ts";
import { slurpFile, writeFile } from "../support/streams.ts";

const OPTIONS = optionTable({
  short: "enNqw",
  long: ["ignore e", "values n", "names N", "quiet q", "write w"],
  refusedShort: "aAbdfpPrxX",
  refusedLong: ["all", "binary", "load", "pattern", "system", "deprecated", "dry-run"],
});

/** Reads `name`, writes `name=value`. */
export function sysctl(context: CommandContext): number {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) {
    complain(context, "no variables specified");
    context.stderr.write("Try `sysctl --help' for more information.\n");
    return 1;
  }
  let status = 0;
  for (const word of options.operands) {
    const equals = word.indexOf("=");
    const done =
      equals < 0
        ? read(context, word, options)
        : write(context, word.slice(0, equals), word.slice(equals + 1), options);
    if (!done) status = 1;
  }
  return status;
}

/** `vm.drop_caches` and `vm/drop_caches` are the same file. */
function pathOf(name: string): string {
  return `/proc/sys/${name.includes("/") ? name : name.replaceAll(".", "/")}`;
}

function missing(context: CommandContext, name: string, reason: string, options: ParsedOptions): boolean {
  if (options.has("e")) return true;
  complain(context, `cannot stat ${pathOf(name)}: ${reason}`);
  return false;
}

function read(context: CommandContext, name: string, options: ParsedOptions): boolean {
  const text = slurpFile(context, pathOf(name));
  if (isErrno(text)) {
    if (text.code === "ENOENT") return missing(context, name, text.message, options);
    complain(context, `permission denied on key '${name}'`);
    return false;
  }
  const shown = name.replaceAll("/", ".");
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (options.has("N")) context.stdout.write(`${shown}\n`);
    else context.stdout.write(options.has("n") ? `${line}\n` : `${shown} = ${line}\n`);
  }
  return true;
}

function write(context: CommandContext, given: string, value: string, options: ParsedOptions): boolean {
  const name = given.trim();
  const node = context.vfs.lookup(pathOf(name), context.cwd);
  if (isErrno(node)) return missing(context, name, node.message, options);
  const failed = writeFile(context, pathOf(name), `${value.trim()}\n`);
  if (failed !== undefined) {
    complain(context, `setting key "${name}": ${failed.message}`);
    return false;
  }
  if (!options.has("q")) {
    context.stdout.write(options.has("n") ? `${value.trim()}\n` : `${name.replaceAll("/", ".")} = ${value.trim()}\n`);
  }
  return true;
}
