/**
 * vmtouch 1.3: how much of files is in memory; -t touches them, -e evicts them, -l keeps them locked until it ends, -d
 * does so as a daemon. Directories are walked.
 */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { PAGE_BYTES } from "../../vfs/byte-pages.ts";
import type { FileNode } from "../../vfs/node.ts";
import { isDirectory, isFile } from "../../vfs/node-kind.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain } from "../support/report.ts";

const OPTIONS = optionTable({ short: "delLqtvw", refusedShort: "0bfFhiIPmopsW" });
const BAR_WIDTH = 60;

interface Found {
  readonly path: string;
  readonly node: FileNode;
  readonly nrPages: number;
}

interface Crawl {
  readonly files: Found[];
  nrDirectories: number;
}

export function vmtouch(context: CommandContext): number | Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) {
    complain(context, "no files or directories specified");
    return 1;
  }
  const locks = options.has("l") || options.has("L");
  if (options.has("d") && !locks) {
    complain(context, "ERROR: daemon mode must be combined with -l");
    return 1;
  }
  if (options.has("e") && (options.has("t") || locks)) {
    complain(context, `ERROR: invalid option combination: -${locks ? "l" : "t"} and -e`);
    return 1;
  }
  const crawl: Crawl = { files: [], nrDirectories: 0 };
  for (const path of options.operands) findFiles(context, path, crawl);
  const work = { locks, daemon: options.has("d"), quiet: options.has("q"), verbose: options.has("v") };
  if (options.has("e")) for (const { node } of crawl.files) node.cached?.evict(context.pid);
  if (options.has("t") && !locks) touchAll(context.pid, crawl);
  if (!locks) {
    report(context, crawl, options.has("e") ? "Evicted" : options.has("t") ? "Touched" : "Resident", work);
    return 0;
  }
  if (work.daemon) {
    const pid = context.detach(`${context.name} -d`, (child) => hold(context, child, crawl));
    if (!isErrno(pid)) return 0;
    complain(context, `FATAL: fork: ${pid.message}`);
    return 1;
  }
  const nrPages = crawl.files.reduce((sum, file) => sum + file.nrPages, 0);
  if (!work.quiet) context.stdout.write(`LOCKED ${nrPages} pages (${prettySize(nrPages)})\n`);
  return hold(context, context.pid, crawl);
}

/** Opens, locks and touches all as process `pid`, and lets go when that ends. */
function* hold(context: CommandContext, pid: number, crawl: Crawl): Running<number> {
  const held: (() => void)[] = [];
  for (const { path, node } of crawl.files) {
    const opened = context.vfs.open(path, context.cwd, { read: true }, pid);
    if (isErrno(opened) || opened.node !== node) continue;
    node.cached?.lock(1, pid);
    held.push(() => {
      node.cached?.lock(-1, pid);
      opened.handle.close();
    });
  }
  touchAll(pid, crawl);
  try {
    yield { kind: "condition", holds: () => false };
    return 0;
  } finally {
    for (const letGo of held) letGo();
  }
}

function touchAll(pid: number, crawl: Crawl): void {
  for (const { node, nrPages } of crawl.files) node.cached?.read(0, nrPages, pid);
}

function findFiles(context: CommandContext, path: string, crawl: Crawl): void {
  const node = context.vfs.lookup(path, context.cwd);
  if (isErrno(node)) {
    complain(context, `WARNING: unable to stat ${path} (${node.message}), skipping`);
    return;
  }
  if (isDirectory(node)) {
    crawl.nrDirectories++;
    for (const name of node.names()) findFiles(context, `${path}/${name}`, crawl);
  } else if (node.kind === "file" && isFile(node)) {
    crawl.files.push({ path, node, nrPages: Math.ceil(node.sizeBytes() / PAGE_BYTES) });
  } else complain(context, `WARNING: skipping non-regular file: ${path}`);
}

function report(
  context: CommandContext,
  crawl: Crawl,
  what: "Resident" | "Touched" | "Evicted",
  how: { readonly quiet: boolean; readonly verbose: boolean },
): void {
  const residents = crawl.files.map(({ node, nrPages }) => node.cached?.nrResident() ?? nrPages);
  if (how.verbose && what === "Resident") {
    crawl.files.forEach((file, i) => {
      context.stdout.write(
        `${file.path}\n[${bar(residents[i] ?? 0, file.nrPages)}] ${residents[i]}/${file.nrPages}\n\n`,
      );
    });
  }
  if (how.quiet) return;
  const nrPages = crawl.files.reduce((sum, file) => sum + file.nrPages, 0);
  const nrResident = residents.reduce((sum, n) => sum + n, 0);
  let text = `           Files: ${crawl.files.length}\n     Directories: ${crawl.nrDirectories}\n`;
  if (what === "Resident") {
    const percent = nrPages === 0 ? "" : `  ${shortNumber((nrResident * 100) / nrPages)}%`;
    text += `  Resident Pages: ${nrResident}/${nrPages}  ${prettySize(nrResident)}/${prettySize(nrPages)}${percent}\n`;
  } else text += `   ${what} Pages: ${nrPages} (${prettySize(nrPages)})\n`;
  context.stdout.write(`${text}         Elapsed: 0 seconds\n`);
}

/** Which tenth of the file is in memory is not known page by page: as many marks as its share. */
function bar(nrResident: number, nrPages: number): string {
  const width = Math.min(BAR_WIDTH, nrPages);
  const full = nrPages === 0 ? 0 : Math.floor((nrResident * width) / nrPages);
  const part = nrResident > 0 && full < width && nrResident * width !== full * nrPages ? "o" : "";
  return `${"O".repeat(full)}${part}`.padEnd(width);
}

/** Three significant digits, as %.3g prints them. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Whole units of 1024, cut: 512K, 3M. */
function prettySize(nrPages: number): string {
  let value = nrPages * PAGE_BYTES;
  let unit = "";
  for (const next of ["K", "M", "G", "T"]) {
    if (value < 1024) break;
    value = Math.floor(value / 1024);
    unit = next;
  }
  return `${value}${unit}`;
}
