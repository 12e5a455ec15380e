/**
 * What a script is compiled to: a tree of commands whose words are already taken apart, so that running one does no
 * parsing. Made by `compile.ts` and `compile-word.ts` from the parser's tree, run by `execute*.ts`.
 */

/**
 * One piece of a word. `quoted` pieces are neither split nor matched against file names. A `weak` one stands in the
 * same quotes as `$@` and makes no field when it is empty.
 */
export type Segment =
  | { readonly kind: "literal"; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "parameter"; readonly parameter: ParameterIr; readonly quoted: boolean; readonly weak?: boolean }
  | { readonly kind: "command"; readonly script: ScriptIr; readonly quoted: boolean; readonly weak?: boolean }
  | { readonly kind: "arithmetic"; readonly expression: TextIr; readonly quoted: boolean }
  | { readonly kind: "process"; readonly script: ScriptIr; readonly direction: "<" | ">"; readonly text: string }
  | { readonly kind: "tilde"; readonly user: string };

/**
 * - literal: `literal` is the one field it gives
 * - single: one field whatever the values are (all pieces quoted or literal, none a list)
 * - general: anything else
 * - braces: several words, in `alternatives`
 */
export type WordKind = "literal" | "single" | "general" | "braces";

export interface WordIr {
  readonly kind: WordKind;
  readonly literal: string;
  readonly segments: readonly Segment[];
  readonly alternatives: readonly WordIr[];
  /** True when expanding may have to wait: it contains a command or process substitution. */
  readonly waits: boolean;
  /** Source text. */
  readonly text: string;
}

/** Text expanded like the inside of double quotes: arithmetic, here-documents. */
export interface TextIr {
  /** The text itself when nothing in it is expanded. */
  readonly constant: string | undefined;
  readonly segments: readonly Segment[];
  readonly waits: boolean;
}

export interface SubscriptIr {
  /** "@" or "*", "" for an ordinary subscript. */
  readonly all: "" | "@" | "*";
  readonly word: WordIr;
}

export interface ParameterIr {
  readonly name: string;
  readonly subscript: SubscriptIr | undefined;
  /** `${#x}`, `${!x}`. */
  readonly prefix: "" | "#" | "!";
  readonly operation: OperationIr | undefined;
  /** Source text, for "bad substitution". */
  readonly text: string;
  /** Nothing but a value: no prefix, operation or subscript, and not a list. */
  readonly isSimple: boolean;
  readonly waits: boolean;
}

export type OperationIr =
  | {
      readonly kind: "default";
      readonly operator: "-" | "=" | "+" | "?";
      readonly colon: boolean;
      readonly operand: WordIr;
    }
  | { readonly kind: "remove"; readonly fromEnd: boolean; readonly longest: boolean; readonly pattern: WordIr }
  | {
      readonly kind: "replace";
      readonly anchor: "" | "#" | "%";
      readonly all: boolean;
      readonly pattern: WordIr;
      readonly replacement: WordIr;
    }
  | { readonly kind: "slice"; readonly offset: TextIr; readonly length: TextIr | undefined }
  | {
      readonly kind: "case";
      readonly change: "upper" | "lower" | "toggle";
      readonly all: boolean;
      readonly pattern: WordIr | undefined;
    }
  | { readonly kind: "transform"; readonly letter: string }
  | { readonly kind: "names"; readonly star: boolean }
  | { readonly kind: "bad" };

export interface AssignmentIr {
  readonly name: string;
  readonly subscript: WordIr | undefined;
  readonly append: boolean;
  readonly value: WordIr | undefined;
  /** `name=(...)` */
  readonly elements: readonly ElementIr[] | undefined;
  readonly text: string;
  readonly waits: boolean;
}

/** One element of `name=(...)`: with a subscript it is `[subscript]=value`. */
export interface ElementIr {
  readonly subscript: WordIr | undefined;
  readonly append: boolean;
  readonly value: WordIr;
}

export interface RedirectIr {
  readonly operator: ">" | ">>" | "<" | "<>" | "<&" | ">&" | ">|" | "&>" | "&>>" | "<<" | "<<<";
  /** Descriptor before the operator; -1 when there is none. */
  readonly fd: number;
  /** `{name}>` */
  readonly fdVariable: string | undefined;
  readonly target: WordIr | undefined;
  readonly document: TextIr | undefined;
}

interface Located {
  readonly line: number;
  readonly column: number;
}

export interface SimpleIr extends Located {
  readonly kind: "simple";
  readonly assignments: readonly AssignmentIr[];
  readonly words: readonly (WordIr | AssignmentIr)[];
  readonly redirects: readonly RedirectIr[];
  /** All words are literal and none is an assignment: the arguments, ready. */
  readonly literalArgs: readonly string[] | undefined;
  readonly text: string;
}

export interface PipelineIr extends Located {
  readonly kind: "pipeline";
  readonly commands: readonly CommandIr[];
  /** For each command but the last: its stderr goes into the pipe as well. */
  readonly withStderr: readonly boolean[];
  readonly negated: boolean;
  readonly timed: "" | "bash" | "posix";
  readonly text: string;
}

export type CommandIr =
  | SimpleIr
  | PipelineIr
  | (Located & {
      readonly kind: "and-or";
      readonly commands: readonly CommandIr[];
      readonly operators: readonly string[];
      readonly text: string;
    })
  | (Located & {
      readonly kind: "if";
      readonly branches: readonly { readonly test: ListIr; readonly body: ListIr }[];
      readonly otherwise: ListIr | undefined;
    })
  | (Located & {
      readonly kind: "for";
      readonly name: string;
      readonly words: readonly WordIr[] | undefined;
      readonly body: ListIr;
    })
  | (Located & {
      readonly kind: "arithmetic-for";
      readonly initialize: TextIr | undefined;
      readonly test: TextIr | undefined;
      readonly update: TextIr | undefined;
      readonly body: ListIr;
    })
  | (Located & { readonly kind: "while"; readonly until: boolean; readonly test: ListIr; readonly body: ListIr })
  | (Located & { readonly kind: "case"; readonly word: WordIr; readonly items: readonly CaseItemIr[] })
  | (Located & { readonly kind: "group"; readonly body: ListIr })
  | (Located & { readonly kind: "subshell"; readonly body: ListIr; readonly text: string })
  | (Located & { readonly kind: "function"; readonly name: string; readonly body: CommandIr; readonly text: string })
  | (Located & { readonly kind: "test"; readonly expression: TestIr })
  | (Located & { readonly kind: "arithmetic"; readonly expression: TextIr })
  | (Located & { readonly kind: "redirected"; readonly command: CommandIr; readonly redirects: readonly RedirectIr[] })
  | (Located & { readonly kind: "unsupported"; readonly what: string });

interface CaseItemIr {
  readonly patterns: readonly WordIr[];
  readonly body: ListIr;
  readonly terminator: ";;" | ";&" | ";;&";
}

export type TestIr =
  | { readonly kind: "unary"; readonly operator: string; readonly operand: WordIr }
  | { readonly kind: "binary"; readonly operator: string; readonly left: WordIr; readonly right: WordIr }
  | { readonly kind: "logical"; readonly isAnd: boolean; readonly operands: readonly TestIr[] }
  | { readonly kind: "not"; readonly operand: TestIr };

export interface StatementIr {
  readonly command: CommandIr;
  readonly background: boolean;
  readonly line: number;
  /** Statements with one number stand on one line: an expansion error abandons them together. */
  readonly unit: number;
  readonly text: string;
}

export interface ListIr {
  readonly statements: readonly StatementIr[];
}

export interface ScriptIr extends ListIr {
  readonly line: number;
}
