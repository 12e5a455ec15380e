/** The parser's tree of a whole script to the commands of `ir.ts`. */

import {
  type AndOr,
  type Assignment,
  type Command,
  type CommandArgument,
  type CommandNode,
  type CompoundCommand,
  type CompoundList,
  type ParsedScript,
  type Pipeline,
  type PipelineNode,
  parse,
  type Redirection,
  type Statement,
  type TestExpression,
} from "unbash";
import { WordCompiler } from "./compile-word.ts";
import type {
  AssignmentIr,
  CommandIr,
  ListIr,
  PipelineIr,
  RedirectIr,
  ScriptIr,
  SimpleIr,
  StatementIr,
  TestIr,
  TextIr,
  WordIr,
} from "./ir.ts";
import { type SourceError, SourceMap } from "./source-map.ts";

interface Compilation {
  readonly script: ScriptIr;
  /** In order of position; a script with any is not run. */
  readonly errors: readonly SourceError[];
}

/** Compiles `source`, whose first line counts as `firstLine`. */
export function compileScript(source: string, firstLine = 1): Compilation {
  const errors: SourceError[] = [];
  const map = new SourceMap(source, firstLine, errors);
  const script = compileNested(parse(source), map, firstLine);
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
  return { script, errors };
}

/** Compiles text in which only `$`, backquote and backslash are special, such as PS4. */
export function textDocument(text: string, line: number): TextIr {
  return words.document(text, line, new SourceMap(text, line, []));
}

const words: WordCompiler = new WordCompiler(compileNested);

function compileNested(script: ParsedScript, map: SourceMap, line: number): ScriptIr {
  for (const error of script.errors ?? []) map.fail(error.pos, error.message);
  return { statements: compileStatements(script.commands, map), line };
}

function compileStatements(statements: readonly Statement[], map: SourceMap): readonly StatementIr[] {
  let unit = 0;
  let previousEnd = 0;
  return statements.map((statement, i) => {
    if (i > 0 && map.source.slice(previousEnd, statement.pos).includes("\n")) unit++;
    previousEnd = statement.end;
    return {
      command: compileCommand(statement.command, map),
      background: statement.background === true,
      line: map.lineAt(statement.pos),
      unit,
      text: map.source.slice(statement.pos, statement.end).replace(/[ \t]*&$/, ""),
    };
  });
}

function compileList(list: CompoundList, map: SourceMap): ListIr {
  return { statements: compileStatements(list.commands, map) };
}

function compileCommand(node: PipelineNode | AndOr, map: SourceMap): CommandIr {
  switch (node.type) {
    case "AndOr":
      return {
        ...located(node, map),
        kind: "and-or",
        commands: node.commands.map((command) => compileCommand(command, map)),
        operators: node.operators,
        text: map.source.slice(node.pos, node.end),
      };
    case "Pipeline":
      return compilePipeline(node, map);
    default:
      return compileNode(node, map);
  }
}

function compilePipeline(node: Pipeline, map: SourceMap): PipelineIr {
  const time = node.prefixes.find((prefix) => prefix.type === "Time");
  const nrNegations = node.prefixes.filter((prefix) => prefix.type === "Negation").length;
  return {
    ...located(node, map),
    kind: "pipeline",
    commands: node.commands.map((command) => compileNode(command, map)),
    withStderr: node.operators.map((operator) => operator === "|&"),
    negated: nrNegations % 2 === 1,
    timed: time === undefined ? "" : time.type === "Time" && time.posix !== undefined ? "posix" : "bash",
    text: map.source.slice(node.pos, node.end),
  };
}

function compileNode(node: CommandNode, map: SourceMap): CommandIr {
  switch (node.type) {
    case "Command":
      return compileSimple(node, map);
    case "Redirected":
      return {
        ...located(node, map),
        kind: "redirected",
        command: compileCompound(node.command, map),
        redirects: compileRedirects(node.redirects, map),
      };
    case "Function": {
      const body = node.body;
      const text = map.source.slice(body.pos, body.end);
      const compiled: CommandIr =
        body.type === "CompoundList"
          ? { ...located(body, map), kind: "group", body: compileList(body, map) }
          : compileNode(body, map);
      return { ...located(node, map), kind: "function", name: node.name.value, body: compiled, text };
    }
    case "Coproc":
      return { ...located(node, map), kind: "unsupported", what: "coproc" };
    default:
      return compileCompound(node, map);
  }
}

function compileCompound(node: CompoundCommand, map: SourceMap): CommandIr {
  const at = located(node, map);
  switch (node.type) {
    case "If": {
      const branches = [node, ...node.elif].map((branch) => ({
        test: compileList(branch.clause, map),
        body: compileList(branch.then, map),
      }));
      return {
        ...at,
        kind: "if",
        branches,
        otherwise: node.else === undefined ? undefined : compileList(node.else, map),
      };
    }
    case "For": {
      const list = node.wordlist?.map((word) => words.argument(word, map));
      return { ...at, kind: "for", name: node.name.value, words: list, body: compileList(node.body, map) };
    }
    case "ArithmeticFor":
      return {
        ...at,
        kind: "arithmetic-for",
        initialize: compileExpression(node.initialize, map),
        test: compileExpression(node.test, map),
        update: compileExpression(node.update, map),
        body: compileList(node.body, map),
      };
    case "While":
      return {
        ...at,
        kind: "while",
        until: node.kind === "until",
        test: compileList(node.clause, map),
        body: compileList(node.body, map),
      };
    case "Case":
      return {
        ...at,
        kind: "case",
        word: words.plain(node.word, map),
        items: node.items.map((item) => ({
          patterns: item.pattern.map((pattern) => words.plain(pattern, map)),
          body: compileList(item.body, map),
          terminator: item.terminator ?? ";;",
        })),
      };
    case "BraceGroup":
      return { ...at, kind: "group", body: compileList(node.body, map) };
    case "Subshell":
      return { ...at, kind: "subshell", body: compileList(node.body, map), text: map.source.slice(node.pos, node.end) };
    case "TestCommand":
      return { ...at, kind: "test", expression: compileTest(node.expression, map) };
    case "ArithmeticCommand":
      return { ...at, kind: "arithmetic", expression: words.arithmetic(node.body, at.line, map) };
    case "Select":
      return { ...at, kind: "unsupported", what: "select" };
  }
}

function located(node: { readonly pos: number }, map: SourceMap): { readonly line: number; readonly column: number } {
  return { line: map.lineAt(node.pos), column: map.columnAt(node.pos) };
}

function compileExpression(
  node: { readonly pos: number; readonly end: number } | undefined,
  map: SourceMap,
): TextIr | undefined {
  return node === undefined
    ? undefined
    : words.arithmetic(map.source.slice(node.pos, node.end), map.lineAt(node.pos), map);
}

function compileSimple(node: Command, map: SourceMap): SimpleIr {
  const assignments: AssignmentIr[] = [];
  const redirects: RedirectIr[] = [];
  for (const item of node.prefix) {
    if (item.type === "Assignment") assignments.push(compileAssignment(item, map));
    else redirects.push(compileRedirect(item, map));
  }
  const args: (WordIr | AssignmentIr)[] = [];
  if (node.name !== undefined) args.push(words.argument(node.name, map));
  for (const item of node.suffix) {
    if (isArgument(item))
      args.push(item.type === "Assignment" ? compileAssignment(item, map) : words.argument(item, map));
    else redirects.push(compileRedirect(item, map));
  }
  return {
    ...located(node, map),
    kind: "simple",
    assignments,
    words: args,
    redirects,
    literalArgs: literalArguments(args),
    text: map.source.slice(node.pos, node.end),
  };
}

function isArgument(item: CommandArgument | Redirection): item is CommandArgument {
  return item.type === "Word" || item.type === "Assignment";
}

function literalArguments(args: readonly (WordIr | AssignmentIr)[]): readonly string[] | undefined {
  const texts: string[] = [];
  for (const arg of args) {
    if (!("kind" in arg) || arg.kind !== "literal") return undefined;
    texts.push(arg.literal);
  }
  return texts;
}

function compileAssignment(node: Assignment, map: SourceMap): AssignmentIr {
  const line = map.lineAt(node.pos);
  const isArray = node.value.type === "ArrayValue";
  const value = node.value.type === "Word" ? words.assignmentValue(node.value, map) : undefined;
  const elements =
    node.value.type === "ArrayValue" ? node.value.elements.flatMap((word) => words.element(word, map)) : undefined;
  const subscript = node.index === undefined ? undefined : words.subscriptText(node.index.text, line, map);
  const waits =
    value?.waits === true ||
    subscript?.waits === true ||
    elements?.some((e) => e.value.waits || e.subscript?.waits === true) === true;
  return {
    name: node.name,
    subscript,
    append: node.append === true,
    value,
    elements: isArray ? elements : undefined,
    text: node.text,
    waits,
  };
}

function compileRedirects(nodes: readonly Redirection[], map: SourceMap): readonly RedirectIr[] {
  return nodes.map((node) => compileRedirect(node, map));
}

function compileRedirect(node: Redirection, map: SourceMap): RedirectIr {
  const descriptor = node.descriptor;
  const fd = descriptor?.type === "FileDescriptor" ? descriptor.value : -1;
  const fdVariable = descriptor?.type === "FileDescriptorVariable" ? descriptor.name : undefined;
  if (node.type === "HereDoc") {
    const body = node.operator === "<<-" ? node.body.text.replace(/^\t+/gm, "") : node.body.text;
    const quoted = node.delimiter?.quoted === true;
    const document = quoted
      ? { constant: body, segments: [], waits: false }
      : words.document(body, map.lineAt(node.body.pos), map);
    return { operator: "<<", fd, fdVariable, target: undefined, document };
  }
  const target = node.target === undefined ? undefined : words.plain(node.target, map);
  if (target === undefined) map.fail(node.pos, "redirection without a target");
  return { operator: node.operator, fd, fdVariable, target, document: undefined };
}

function compileTest(node: TestExpression, map: SourceMap): TestIr {
  switch (node.type) {
    case "TestUnary":
      return { kind: "unary", operator: node.operator, operand: words.plain(node.operand, map) };
    case "TestBinary":
      return {
        kind: "binary",
        operator: node.operator,
        left: words.plain(node.left, map),
        right: words.plain(node.right, map),
      };
    case "TestLogical":
      return {
        kind: "logical",
        isAnd: node.operator === "&&",
        operands: node.operands.map((operand) => compileTest(operand, map)),
      };
    case "TestNot": {
      const operand = compileTest(node.operand, map);
      return node.negations.length % 2 === 1 ? { kind: "not", operand } : operand;
    }
    case "TestGroup":
      return compileTest(node.expression, map);
  }
}
