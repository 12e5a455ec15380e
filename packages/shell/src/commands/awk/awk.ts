/** awk: its command line, the order of its rules, and the records it reads from its operands. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { complain, refuse } from "../support/report.ts";
import { openFile, slurpFile } from "../support/streams.ts";
import { analyze } from "./analysis.ts";
import { AwkSyntaxError, type FunctionDefinition, type Program, type Rule, specialSlot } from "./ast.ts";
import type { CompiledFunction } from "./compile-expression.ts";
import { StatementCompiler, type WaitingExec } from "./compile-statement.ts";
import { countRecord } from "./compile-waiting.ts";
import { unescapeString } from "./lexer.ts";
import { parseProgram } from "./parser.ts";
import { AwkFault, EXIT, NEXT, NEXT_FILE, NORMAL, Runtime, Unwind } from "./runtime.ts";
import { RecordReader } from "./streams.ts";
import { InputText, isTrue, toNumber } from "./value.ts";

const FAULT_STATUS = 2;
const SLOT = {
  FNR: specialSlot("FNR"),
  RS: specialSlot("RS"),
  FILENAME: specialSlot("FILENAME"),
  ENVIRON: specialSlot("ENVIRON"),
  ARGC: specialSlot("ARGC"),
  ARGV: specialSlot("ARGV"),
};

interface CommandLine {
  readonly source: string;
  readonly assignments: readonly (readonly [string, string])[];
  readonly operands: readonly string[];
}

/** Runs an awk program. */
export function* awk(context: CommandContext): Running<number> {
  const line = parseCommandLine(context);
  if (typeof line === "number") return line;
  let program: Program;
  let session: Session;
  try {
    program = parseProgram(line.source);
    session = new Session(context, program, line);
  } catch (error) {
    if (!(error instanceof AwkSyntaxError)) throw error;
    complain(context, `line ${error.line}: ${error.message}`);
    return FAULT_STATUS;
  }
  return yield* session.run();
}

function parseCommandLine(context: CommandContext): CommandLine | number {
  const { args } = context;
  const assignments: [string, string][] = [];
  const sources: string[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const long = /^--(field-separator|assign|file|source)(?:=([\s\S]*))?$/.exec(word);
    const letter = long === null ? word.charAt(1) : (LONG_OPTIONS.get(long[1] ?? "") ?? "");
    if (!"Fvfe".includes(letter) || (long === null && word.startsWith("--"))) {
      if (/^--(posix|traditional|re-interval|lint|sandbox|version|help|profile|csv|characters-as-bytes)/.test(word)) {
        return refuse(context, word);
      }
      complain(context, `not an option: ${word}`);
      return FAULT_STATUS;
    }
    const joined = long === null ? word.slice(2) : long[2];
    const isJoined = joined !== undefined && (long !== null || joined !== "");
    if (!isJoined) at++;
    const value = isJoined ? joined : args[at];
    if (value === undefined) {
      complain(context, `option requires an argument -- ${letter}`);
      return FAULT_STATUS;
    }
    const failed = takeOption(context, letter, value, assignments, sources);
    if (failed) return FAULT_STATUS;
  }
  if (sources.length === 0) {
    const first = args[at];
    if (first === undefined) {
      context.stderr.write(`usage: ${context.name} [-F value] [-v var=value] [--] 'program text' [file ...]\n`);
      return FAULT_STATUS;
    }
    sources.push(first);
    at++;
  }
  return { source: sources.join("\n"), assignments, operands: args.slice(at) };
}

const LONG_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["field-separator", "F"],
  ["assign", "v"],
  ["file", "f"],
  ["source", "e"],
]);

function takeOption(
  context: CommandContext,
  letter: string,
  value: string,
  assignments: [string, string][],
  sources: string[],
): boolean {
  if (letter === "F") assignments.push(["FS", value]);
  else if (letter === "v") {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(value);
    if (match === null) {
      complain(context, `improper assignment: -v ${value}`);
      return true;
    }
    assignments.push([match[1] ?? "", match[2] ?? ""]);
  } else if (letter === "e") sources.push(value);
  else {
    const text = slurpFile(context, value);
    if (isErrno(text)) {
      complain(context, `cannot open ${value} (${text.message})`);
      return true;
    }
    sources.push(text);
  }
  return false;
}

type CompiledRule = {
  readonly rule: Rule;
  /** Plain when neither pattern nor body waits. */
  readonly run: ((rt: Runtime) => number) | undefined;
  readonly wait: WaitingExec | undefined;
};

class Session {
  readonly #rt: Runtime;
  readonly #rules: readonly CompiledRule[];
  readonly #program: Program;

  constructor(context: CommandContext, program: Program, line: CommandLine) {
    this.#program = program;
    const analysis = analyze(program);
    const functions = new Map<string, CompiledFunction>();
    const compiler = new StatementCompiler(analysis, functions);
    for (const definition of program.functions.values()) functions.set(definition.name, emptyFunction(definition));
    for (const definition of program.functions.values()) {
      const compiled = functions.get(definition.name);
      if (compiled === undefined) continue;
      if (analysis.functionWaits(definition.name)) compiled.waitingBody = compiler.executeWaiting(definition.body);
      else compiled.body = compiler.execute(definition.body);
    }
    this.#rules = program.rules.map((rule) => compileRule(compiler, rule));
    this.#rt = new Runtime(context, program.globals.length);
    this.#setUp(context, line);
  }

  #setUp(context: CommandContext, line: CommandLine): void {
    const rt = this.#rt;
    for (const [name, value] of [
      ["FS", " "],
      ["OFS", " "],
      ["ORS", "\n"],
      ["RS", "\n"],
      ["SUBSEP", "\x1c"],
      ["CONVFMT", "%.6g"],
      ["OFMT", "%.6g"],
    ] as const) {
      rt.globals[specialSlot(name)] = value;
    }
    rt.globals[specialSlot("NR")] = 0;
    rt.globals[SLOT.FNR] = 0;
    rt.globals[specialSlot("RSTART")] = 0;
    rt.globals[specialSlot("RLENGTH")] = -1;
    rt.globals[SLOT.ENVIRON] = new Map([...context.env].map(([name, value]) => [name, new InputText(value)]));
    const argv = [context.name, ...line.operands];
    rt.globals[SLOT.ARGC] = argv.length;
    rt.globals[SLOT.ARGV] = new Map(argv.map((word, i) => [String(i), new InputText(word)]));
    for (const [name, value] of line.assignments) this.assign(name, value);
  }

  /** `name=value` from outside the program. */
  assign(name: string, value: string): void {
    const slot = this.#program.globals.indexOf(name);
    if (slot < 0) return;
    const cell = new InputText(unescapeString(value));
    if (name === "NF") this.#rt.setNrFields(toNumber(cell));
    else this.#rt.globals[slot] = cell;
  }

  *run(): Running<number> {
    const rt = this.#rt;
    const input = new MainInput(rt, (name, value) => this.assign(name, value));
    rt.mainInput = input;
    try {
      let signal = yield* this.#runRules("BEGIN");
      const reads = this.#rules.some(({ rule }) => rule.kind !== "BEGIN");
      if (signal !== EXIT && reads) signal = yield* this.#runRecords(input);
      if (rt.output.full && !(yield* rt.output.settle())) return rt.output.finish(FAULT_STATUS);
      // exit in BEGIN or in a rule still runs END; exit in END ends
      yield* this.#runRules("END");
      rt.output.flush();
      yield* rt.streams.closeAll();
    } catch (error) {
      if (!(error instanceof AwkFault)) throw error;
      rt.output.flush();
      complain(rt.context, error.message);
      return FAULT_STATUS;
    }
    return rt.output.finish(input.failed && rt.exitStatus === 0 ? FAULT_STATUS : rt.exitStatus, FAULT_STATUS);
  }

  *#runRules(kind: "BEGIN" | "END"): Running<number> {
    for (const compiled of this.#rules) {
      if (compiled.rule.kind !== kind) continue;
      const signal = yield* this.#runRule(compiled);
      if (signal === EXIT) return EXIT;
    }
    return NORMAL;
  }

  *#runRecords(input: MainInput): Running<number> {
    const rt = this.#rt;
    const rules = this.#rules.filter(({ rule }) => rule.kind === "pattern");
    for (;;) {
      const record = yield* input.next();
      if (record === undefined) return NORMAL;
      rt.setRecord(record);
      for (const compiled of rules) {
        const signal = compiled.run === undefined ? yield* this.#runRule(compiled) : runPlain(rt, compiled.run);
        if (signal === EXIT) return EXIT;
        if (signal === NEXT_FILE) input.skipFile();
        if (signal === NEXT || signal === NEXT_FILE) break;
      }
      if (rt.output.full && !(yield* rt.output.settle())) return EXIT;
    }
  }

  *#runRule(compiled: CompiledRule): Running<number> {
    if (compiled.run !== undefined) return runPlain(this.#rt, compiled.run);
    const rt = this.#rt;
    const { frame, depth } = rt;
    try {
      return compiled.wait === undefined ? NORMAL : yield* compiled.wait(rt);
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
      rt.frame = frame;
      rt.depth = depth;
      return error.signal;
    }
  }
}

function runPlain(rt: Runtime, run: (rt: Runtime) => number): number {
  const { frame, depth } = rt;
  try {
    return run(rt);
  } catch (error) {
    if (!(error instanceof Unwind)) throw error;
    rt.frame = frame;
    rt.depth = depth;
    return error.signal;
  }
}

function emptyFunction(definition: FunctionDefinition): CompiledFunction {
  return { name: definition.name, nrParameters: definition.parameters.length, body: undefined, waitingBody: undefined };
}

/** Pattern and body as one; a range remembers whether it is open. */
function compileRule(compiler: StatementCompiler, rule: Rule): CompiledRule {
  const { analysis } = compiler;
  const body = rule.body ?? { kind: "print", formatted: false, args: [], redirect: "", destination: undefined };
  const waits =
    analysis.statementWaits(body) ||
    (rule.first !== undefined && analysis.expressionWaits(rule.first)) ||
    (rule.last !== undefined && analysis.expressionWaits(rule.last));
  let open = false;
  if (!waits) {
    const run = compiler.execute(body);
    const first = rule.first === undefined ? undefined : compiler.compile(rule.first);
    const last = rule.last === undefined ? undefined : compiler.compile(rule.last);
    return {
      rule,
      wait: undefined,
      run: (rt) => {
        if (first === undefined) return run(rt);
        if (!open && !isTrue(first(rt))) return NORMAL;
        if (last !== undefined) open = !isTrue(last(rt));
        return run(rt);
      },
    };
  }
  const run = compiler.executeWaiting(body);
  const first = rule.first === undefined ? undefined : compiler.compileWaiting(rule.first);
  const last = rule.last === undefined ? undefined : compiler.compileWaiting(rule.last);
  return {
    rule,
    run: undefined,
    wait: function* (rt) {
      if (first === undefined) return yield* run(rt);
      if (!open && !isTrue(yield* first(rt))) return NORMAL;
      if (last !== undefined) open = !isTrue(yield* last(rt));
      return yield* run(rt);
    },
  };
}

/** Records of the operands in turn; an operand `name=value` is an assignment made when its turn comes. */
class MainInput {
  failed = false;
  readonly #rt: Runtime;
  readonly #assign: (name: string, value: string) => void;
  #reader: RecordReader | undefined;
  #nextOperand = 1;
  #sawFile = false;
  #ended = false;

  constructor(rt: Runtime, assign: (name: string, value: string) => void) {
    this.#rt = rt;
    this.#assign = assign;
  }

  *next(): Running<string | undefined> {
    const rt = this.#rt;
    while (!this.#ended) {
      if (this.#reader === undefined && !this.#openNext()) break;
      const record = yield* (this.#reader ?? new RecordReader(rt.context.stdin)).next(rt.global(SLOT.RS), rt.compile);
      if (isErrno(record)) {
        rt.output.flush();
        complain(rt.context, `read error on ${rt.global(SLOT.FILENAME)} (${record.message})`);
        this.failed = true;
      } else if (record !== undefined) {
        countRecord(rt);
        return record;
      }
      this.skipFile();
    }
    this.#ended = true;
    return undefined;
  }

  skipFile(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  #openNext(): boolean {
    const rt = this.#rt;
    const argv = rt.globals[SLOT.ARGV];
    const argc = rt.globals[SLOT.ARGC];
    const count = argc instanceof Map ? 0 : toNumber(argc);
    while (this.#nextOperand < count) {
      const word = argv instanceof Map ? rt.text(argv.get(String(this.#nextOperand))) : "";
      this.#nextOperand++;
      if (word === "") continue;
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word);
      if (assignment !== null) {
        this.#assign(assignment[1] ?? "", assignment[2] ?? "");
        continue;
      }
      this.#sawFile = true;
      const stream = word === "-" || word === "/dev/stdin" ? rt.context.stdin : openFile(rt.context, word);
      if (isErrno(stream)) {
        if (stream.code === "EISDIR") continue;
        throw new AwkFault(`cannot open ${word} (${stream.message})`);
      }
      return this.#begin(new RecordReader(stream), word);
    }
    if (this.#sawFile) return false;
    this.#sawFile = true;
    return this.#begin(new RecordReader(rt.context.stdin), "");
  }

  #begin(reader: RecordReader, name: string): boolean {
    this.#reader = reader;
    this.#rt.globals[SLOT.FNR] = 0;
    this.#rt.globals[SLOT.FILENAME] = name;
    return true;
  }
}
