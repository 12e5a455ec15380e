/** dd. Its speed is by the virtual clock, in which copying takes what `pace.ts` says. */

import { type Errno, isErrno } from "../../errno.ts";
import type { CommandContext, InputStream, OutputStream, Running } from "../../process/command.ts";
import { type Conversion, formatFloating } from "../support/number-format.ts";
import { Pace } from "../support/pace.ts";
import { complain, complainUsage, quote, quoteForShell, refuse, SIGPIPE_STATUS } from "../support/report.ts";
import { parseSize } from "../support/sizes.ts";
import { FileOutput, openFile } from "../support/streams.ts";

const DEFAULT_BLOCK_BYTES = 512;

interface Operands {
  readonly values: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
}

const KNOWN = new Set([
  "if",
  "of",
  "bs",
  "ibs",
  "obs",
  "count",
  "skip",
  "seek",
  "iseek",
  "oseek",
  "conv",
  "status",
  "iflag",
  "oflag",
]);
const KNOWN_FLAGS = new Set([
  "conv=notrunc",
  "conv=fsync",
  "conv=fdatasync",
  "conv=excl",
  "conv=nocreat",
  "conv=sync",
  "conv=noerror",
  "conv=lcase",
  "conv=ucase",
  "iflag=fullblock",
  "iflag=direct",
  "iflag=count_bytes",
  "iflag=skip_bytes",
  "iflag=sync",
  "iflag=dsync",
  "iflag=nonblock",
  "oflag=append",
  "oflag=direct",
  "oflag=sync",
  "oflag=dsync",
  "oflag=seek_bytes",
  "oflag=nonblock",
]);

interface Plan {
  readonly inputBlock: number;
  readonly outputBlock: number;
  readonly maxBlocks: number;
  readonly maxBytes: number;
  readonly skipBytes: number;
  readonly seekBytes: number;
}

interface Tally {
  full: number;
  partial: number;
  outFull: number;
  outPartial: number;
  bytes: number;
}

export function* dd(context: CommandContext): Running<number> {
  const operands = parseOperands(context);
  if (typeof operands === "number") return operands;
  const plan = makePlan(context, operands);
  if (typeof plan === "number") return plan;
  const startNs = context.host.nowNs();
  const input = openInput(context, operands);
  if (input === undefined) return 1;
  const output = openOutput(context, operands, plan);
  if (output === undefined) return 1;
  const tally: Tally = { full: 0, partial: 0, outFull: 0, outPartial: 0, bytes: 0 };
  const failure = yield* copy(input, output, operands, plan, tally, new Pace(context.host));
  if (output instanceof FileOutput) output.close();
  if (failure !== undefined && failure.error.code === "EPIPE") return SIGPIPE_STATUS;
  if (failure !== undefined) {
    const name = failure.reading
      ? (operands.values.get("if") ?? "standard input")
      : (operands.values.get("of") ?? "standard output");
    complain(
      context,
      `error ${failure.reading ? "reading" : "writing"} ${quoteForShell(name)}: ${failure.error.message}`,
    );
  }
  report(context, operands.values.get("status") ?? "", tally, context.host.nowNs() - startNs);
  return failure === undefined ? 0 : 1;
}

function parseOperands(context: CommandContext): Operands | number {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  for (const word of context.args) {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = word.slice(equals + 1);
    if (equals < 0 || !KNOWN.has(name)) {
      if (name === "cbs") return refuse(context, name);
      complainUsage(context, `unrecognized operand ${quote(word)}`);
      return 1;
    }
    if (name !== "conv" && !name.endsWith("flag")) {
      values.set(name === "iseek" ? "skip" : name === "oseek" ? "seek" : name, value);
      continue;
    }
    for (const flag of value.split(",")) {
      if (!KNOWN_FLAGS.has(`${name}=${flag}`)) return refuse(context, `${name}=${flag}`);
      flags.add(`${name}=${flag}`);
    }
  }
  const status = values.get("status");
  if (status !== undefined && !["none", "noxfer", "progress"].includes(status)) {
    complainUsage(context, `invalid status level: ${quote(status)}`);
    return 1;
  }
  return { values, flags };
}

/** A number with a suffix, products with `x`; a final B counts bytes instead of blocks. */
function readNumber(
  context: CommandContext,
  text: string,
): { readonly count: number; readonly inBytes: boolean } | undefined {
  const inBytes = /\dB$/.test(text);
  let count = 1;
  for (const factor of (inBytes ? text.slice(0, -1) : text).split("x")) {
    const size = parseSize(factor);
    if (size === undefined) {
      complain(context, `invalid number: ${quote(text)}`);
      return undefined;
    }
    count *= size;
  }
  return { count, inBytes };
}

function makePlan(context: CommandContext, { values, flags }: Operands): Plan | number {
  const numbers = new Map<string, { readonly count: number; readonly inBytes: boolean }>();
  for (const name of ["bs", "ibs", "obs", "count", "skip", "seek"]) {
    const text = values.get(name);
    if (text === undefined) continue;
    const number = readNumber(context, text);
    if (number === undefined) return 1;
    if (name.endsWith("bs") && number.count === 0) {
      complain(context, `invalid number: ${quote(text)}`);
      return 1;
    }
    numbers.set(name, number);
  }
  const block = numbers.get("bs")?.count;
  const inputBlock = block ?? numbers.get("ibs")?.count ?? DEFAULT_BLOCK_BYTES;
  const outputBlock = block ?? numbers.get("obs")?.count ?? DEFAULT_BLOCK_BYTES;
  const count = numbers.get("count");
  const countBytes = count !== undefined && (count.inBytes || flags.has("iflag=count_bytes"));
  const skip = numbers.get("skip");
  const skipInBytes = skip !== undefined && (skip.inBytes || flags.has("iflag=skip_bytes"));
  const seek = numbers.get("seek");
  const seekInBytes = seek !== undefined && (seek.inBytes || flags.has("oflag=seek_bytes"));
  return {
    inputBlock,
    outputBlock,
    maxBlocks: count === undefined || countBytes ? Number.POSITIVE_INFINITY : count.count,
    maxBytes: countBytes ? count.count : Number.POSITIVE_INFINITY,
    skipBytes: (skip?.count ?? 0) * (skipInBytes ? 1 : inputBlock),
    seekBytes: (seek?.count ?? 0) * (seekInBytes ? 1 : outputBlock),
  };
}

function openInput(context: CommandContext, { values }: Operands): InputStream | undefined {
  const path = values.get("if");
  if (path === undefined) return context.stdin;
  const file = openFile(context, path);
  if (!isErrno(file)) return file;
  const verb = file.code === "EISDIR" ? "error reading" : "failed to open";
  complain(context, `${verb} ${quoteForShell(path)}: ${file.message}`);
  return undefined;
}

function openOutput(context: CommandContext, { values, flags }: Operands, plan: Plan): OutputStream | undefined {
  const path = values.get("of");
  if (path === undefined) return context.stdout;
  const append = flags.has("oflag=append");
  const keep = flags.has("conv=notrunc") || append || plan.seekBytes > 0;
  const opened = context.vfs.open(
    path,
    context.cwd,
    {
      write: true,
      create: !flags.has("conv=nocreat"),
      exclusive: flags.has("conv=excl"),
      truncate: !keep,
      append,
    },
    context.pid,
  );
  if (isErrno(opened)) {
    complain(context, `failed to open ${quoteForShell(path)}: ${opened.message}`);
    return undefined;
  }
  return new FileOutput(opened.handle, append ? opened.node.sizeBytes() : plan.seekBytes);
}

interface Failure {
  readonly reading: boolean;
  readonly error: Errno;
}

function* copy(
  input: InputStream,
  output: OutputStream,
  { flags }: Operands,
  plan: Plan,
  tally: Tally,
  pace: Pace,
): Running<Failure | undefined> {
  const skipped = yield* skip(input, plan.skipBytes);
  if (skipped !== undefined) return { reading: true, error: skipped };
  const whole = flags.has("iflag=fullblock");
  let pending = "";
  let bytesLeft = plan.maxBytes;
  for (let block = 0; block < plan.maxBlocks && bytesLeft > 0; block++) {
    const text = yield* readBlock(input, Math.min(plan.inputBlock, bytesLeft), whole);
    if (isErrno(text)) return { reading: true, error: text };
    if (text === "") break;
    bytesLeft -= text.length;
    if (text.length === plan.inputBlock) tally.full++;
    else tally.partial++;
    const padded = flags.has("conv=sync") ? text.padEnd(plan.inputBlock, "\0") : text;
    const converted = flags.has("conv=ucase")
      ? padded.toUpperCase()
      : flags.has("conv=lcase")
        ? padded.toLowerCase()
        : padded;
    // with equal block sizes each block read is one written, even a short one
    if (plan.inputBlock === plan.outputBlock) {
      const failed = write(output, converted, plan, tally);
      if (failed !== undefined) return failed;
    } else {
      pending += converted;
      while (pending.length >= plan.outputBlock) {
        const failed = write(output, pending.slice(0, plan.outputBlock), plan, tally);
        if (failed !== undefined) return failed;
        pending = pending.slice(plan.outputBlock);
      }
    }
    yield* output.drain();
    yield* pace.spend(text.length);
  }
  return pending === "" ? undefined : write(output, pending, plan, tally);
}

function write(output: OutputStream, text: string, plan: Plan, tally: Tally): Failure | undefined {
  const before = output instanceof FileOutput ? output.position : 0;
  const error = output.write(text);
  const taken = error === undefined ? text.length : output instanceof FileOutput ? output.position - before : 0;
  tally.bytes += taken;
  if (error === undefined && taken === plan.outputBlock) tally.outFull++;
  else if (error === undefined || taken > 0) tally.outPartial++;
  return error === undefined ? undefined : { reading: false, error };
}

function* readBlock(input: InputStream, maxBytes: number, whole: boolean): Running<string | Errno> {
  let text = yield* input.read(maxBytes);
  while (whole && !isErrno(text) && text.length < maxBytes) {
    const more = yield* input.read(maxBytes - text.length);
    if (isErrno(more)) return more;
    if (more === "") break;
    text += more;
  }
  return text;
}

function* skip(input: InputStream, nrBytes: number): Running<Errno | undefined> {
  for (let left = nrBytes; left > 0; ) {
    const text = yield* input.read(Math.min(left, 65_536));
    if (isErrno(text)) return text;
    if (text === "") return undefined;
    left -= text.length;
  }
  return undefined;
}

const GENERAL: Conversion = {
  left: false,
  plus: false,
  space: false,
  alternate: false,
  zero: false,
  width: 0,
  precision: -1,
  letter: "g",
};

function report(context: CommandContext, status: string, tally: Tally, elapsedNs: number): void {
  if (status === "none") return;
  context.stderr.write(`${tally.full}+${tally.partial} records in\n${tally.outFull}+${tally.outPartial} records out\n`);
  if (status === "noxfer") return;
  const { bytes } = tally;
  const seconds = elapsedNs / 1e9;
  const decimal = bytes >= 1000 ? `${unitText(bytes, 1000)}B` : "";
  const binary = bytes >= 1024 ? `, ${unitText(bytes, 1024)}iB` : "";
  const human = decimal === "" ? "" : ` (${decimal}${binary})`;
  const speed = seconds > 0 ? `${unitText(bytes / seconds, 1000)}B/s` : "Infinity B/s";
  const time = formatFloating(seconds, { ...GENERAL, precision: 6 });
  context.stderr.write(`${bytes} byte${bytes === 1 ? "" : "s"}${human} copied, ${time} s, ${speed}\n`);
}

/** `1.0 k`, `512 `: rounded to nearest, a blank before the unit. */
function unitText(value: number, base: number): string {
  const letters = base === 1000 ? "kMGTPE" : "KMGTPE";
  let power = 0;
  let scaled = value;
  while (scaled >= base && power < letters.length) {
    scaled /= base;
    power++;
  }
  if (power === 0) return `${Math.round(scaled)} `;
  const text = scaled < 9.95 ? scaled.toFixed(1) : String(Math.round(scaled));
  return `${text} ${letters.charAt(power - 1)}`;
}
