/** The expression of find: its grammar, and the tests and actions in it. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { compileBre, compileEre } from "../regex/index.ts";
import { globToRegex } from "../support/glob.ts";

export type FindNode =
  | { readonly kind: "and" | "or" | "comma"; readonly left: FindNode; readonly right: FindNode }
  | { readonly kind: "not"; readonly inner: FindNode }
  | { readonly kind: "test"; readonly name: string; readonly argument: string; readonly test: FindTest }
  | { readonly kind: "action"; readonly name: FindAction; readonly argument: string }
  | { readonly kind: "exec"; readonly command: readonly string[]; readonly batch: FindBatch | undefined };

type FindAction = "print" | "print0" | "delete" | "prune" | "quit" | "printf" | "ls";

/** Paths gathered for `-exec ... +`. */
interface FindBatch {
  readonly paths: string[];
}

export interface Visited {
  readonly path: string;
  readonly name: string;
  readonly kind: string;
  readonly sizeBytes: number;
  readonly mtimeNs: number;
  readonly mode: number;
  readonly ino: number;
  readonly empty: () => boolean;
}

type FindTest = (visited: Visited) => boolean;

export interface FindPlan {
  readonly expression: FindNode;
  readonly batches: readonly Extract<FindNode, { kind: "exec" }>[];
  readonly maxDepth: number;
  readonly minDepth: number;
  readonly depthFirst: boolean;
}

export class FindError extends Error {}

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 512],
  ["b", 512],
  ["c", 1],
  ["w", 2],
  ["k", 1024],
  ["M", 1_048_576],
  ["G", 1_073_741_824],
]);

/** Known to findutils, not here. */
const REFUSED = new Set([
  "-amin",
  "-anewer",
  "-atime",
  "-cmin",
  "-cnewer",
  "-ctime",
  "-fls",
  "-fprint",
  "-fprint0",
  "-fprintf",
  "-fstype",
  "-gid",
  "-group",
  "-ilname",
  "-inum",
  "-links",
  "-lname",
  "-newerXY",
  "-nogroup",
  "-nouser",
  "-ok",
  "-okdir",
  "-perm",
  "-printf",
  "-ls",
  "-samefile",
  "-uid",
  "-used",
  "-user",
  "-xtype",
  "-execdir",
  "-files0-from",
]);

/** Parses the words after the starting points. @throws FindError */
export function parseExpression(context: CommandContext, words: readonly string[]): FindPlan {
  return new FindParser(context, words).plan();
}

class FindParser {
  readonly #context: CommandContext;
  readonly #words: readonly string[];
  readonly #batches: Extract<FindNode, { kind: "exec" }>[] = [];
  #at = 0;
  #maxDepth = Number.POSITIVE_INFINITY;
  #minDepth = 0;
  #depthFirst = false;
  #hasAction = false;

  constructor(context: CommandContext, words: readonly string[]) {
    this.#context = context;
    this.#words = words;
  }

  plan(): FindPlan {
    let expression: FindNode = ALWAYS;
    if (this.#words.length > 0) expression = this.#comma();
    const extra = this.#words[this.#at];
    if (extra !== undefined) {
      throw new FindError(extra === ")" ? "you have too many ')'" : `paths must precede expression: \`${extra}'`);
    }
    const print: FindNode = { kind: "action", name: "print", argument: "" };
    return {
      expression: this.#hasAction ? expression : { kind: "and", left: expression, right: print },
      batches: this.#batches,
      maxDepth: this.#maxDepth,
      minDepth: this.#minDepth,
      depthFirst: this.#depthFirst,
    };
  }

  #comma(): FindNode {
    let left = this.#or();
    while (this.#words[this.#at] === ",") {
      this.#at++;
      left = { kind: "comma", left, right: this.#or() };
    }
    return left;
  }

  #or(): FindNode {
    let left = this.#and();
    while (this.#words[this.#at] === "-o" || this.#words[this.#at] === "-or") {
      this.#at++;
      left = { kind: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): FindNode {
    let left = this.#term();
    for (;;) {
      const word = this.#words[this.#at];
      if (word === undefined || word === "," || word === ")" || word === "-o" || word === "-or") return left;
      if (word === "-a" || word === "-and") this.#at++;
      left = { kind: "and", left, right: this.#term() };
    }
  }

  #term(): FindNode {
    const word = this.#words[this.#at];
    if (word === undefined) throw new FindError("expected an expression at the end");
    this.#at++;
    if (word === "!" || word === "-not") {
      if (this.#words[this.#at] === undefined) throw new FindError(`expected an expression after '${word}'`);
      return { kind: "not", inner: this.#term() };
    }
    if (word === "(") {
      if (this.#words[this.#at] === undefined) {
        throw new FindError(
          "invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('",
        );
      }
      if (this.#words[this.#at] === ")") throw new FindError("invalid expression; empty parentheses are not allowed.");
      const inner = this.#comma();
      if (this.#words[this.#at] !== ")") {
        throw new FindError("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      }
      this.#at++;
      return inner;
    }
    return this.#option(word) ?? this.#action(word) ?? this.#test(word);
  }

  #argument(word: string): string {
    const argument = this.#words[this.#at];
    if (argument === undefined) throw new FindError(`missing argument to \`${word}'`);
    this.#at++;
    return argument;
  }

  #option(word: string): FindNode | undefined {
    switch (word) {
      case "-maxdepth":
      case "-mindepth": {
        const text = this.#argument(word);
        if (!/^\d+$/.test(text)) {
          throw new FindError(`Expected a positive decimal integer argument to ${word}, but got '${text}'`);
        }
        if (word === "-maxdepth") this.#maxDepth = Number(text);
        else this.#minDepth = Number(text);
        return ALWAYS;
      }
      case "-depth":
      case "-d":
        this.#depthFirst = true;
        return ALWAYS;
      case "-xdev":
      case "-mount":
      case "-noleaf":
      case "-daystart":
      case "-follow":
        throw new FindError(`option '${word}' is not modelled by ebb`);
      case "-true":
        return ALWAYS;
      case "-false":
        return { kind: "not", inner: ALWAYS };
      default:
        return undefined;
    }
  }

  #action(word: string): FindNode | undefined {
    switch (word) {
      case "-print":
      case "-print0":
        this.#hasAction = true;
        return { kind: "action", name: word === "-print" ? "print" : "print0", argument: "" };
      case "-delete":
        this.#hasAction = true;
        this.#depthFirst = true;
        return { kind: "action", name: "delete", argument: "" };
      case "-prune":
        return { kind: "action", name: "prune", argument: "" };
      case "-quit":
        this.#hasAction = true;
        return { kind: "action", name: "quit", argument: "" };
      case "-exec":
        return this.#exec();
      default:
        return undefined;
    }
  }

  #exec(): FindNode {
    this.#hasAction = true;
    const command: string[] = [];
    for (;;) {
      const word = this.#words[this.#at];
      if (word === undefined) throw new FindError("missing argument to `-exec'");
      this.#at++;
      if (word === ";") break;
      if (word === "+" && command[command.length - 1] === "{}") {
        command.pop();
        const batch: FindBatch = { paths: [] };
        const node = { kind: "exec", command, batch } as const;
        this.#batches.push(node);
        return node;
      }
      command.push(word);
    }
    if (command.length === 0) throw new FindError("missing argument to `-exec'");
    return { kind: "exec", command, batch: undefined };
  }

  #test(word: string): FindNode {
    const simple = word === "-empty" || word === "-executable" || word === "-readable" || word === "-writable";
    const known = simple || TESTS_WITH_ARGUMENT.has(word);
    if (!known) {
      if (REFUSED.has(word)) throw new FindError(`option '${word}' is not modelled by ebb`);
      if (word.startsWith("-")) throw new FindError(`unknown predicate \`${word}'`);
      throw new FindError(`paths must precede expression: \`${word}'`);
    }
    const argument = simple ? "" : this.#argument(word);
    return { kind: "test", name: word, argument, test: this.#compile(word, argument) };
  }

  #compile(word: string, argument: string): FindTest {
    switch (word) {
      case "-name":
      case "-iname": {
        const regex = globToRegex(argument, word === "-iname");
        return (visited) => regex.test(visited.name);
      }
      case "-path":
      case "-wholename":
      case "-ipath": {
        const regex = globToRegex(argument, word === "-ipath");
        return (visited) => regex.test(visited.path);
      }
      case "-regex": {
        const regex = (this.#words.includes("posix-extended") ? compileEre : compileBre)(argument);
        if ("error" in regex) throw new FindError(regex.error);
        const whole = new RegExp(`^(?:${regex.source})$`);
        return (visited) => whole.test(visited.path);
      }
      case "-regextype":
        return () => true;
      case "-type":
        return typeTest(argument);
      case "-size":
        return sizeTest(argument);
      case "-newer":
        return this.#newerTest(argument);
      case "-mmin":
      case "-mtime":
        return this.#ageTest(word, argument);
      case "-empty":
        return (visited) => visited.empty();
      case "-executable":
        return (visited) => visited.kind === "directory" || (visited.mode & 0o111) !== 0;
      default:
        return () => true;
    }
  }

  #newerTest(path: string): FindTest {
    const node = this.#context.vfs.lookup(path, this.#context.cwd);
    if (isErrno(node)) throw new FindError(`'${path}': ${node.message}`);
    const limit = node.mtimeNs;
    return (visited) => visited.mtimeNs > limit;
  }

  /** Ages in whole minutes or days, the fraction dropped. */
  #ageTest(word: string, argument: string): FindTest {
    const match = /^([-+]?)(\d+)$/.exec(argument);
    if (match === null) throw new FindError(`invalid argument \`${argument}' to \`${word}'`);
    const unitNs = (word === "-mmin" ? 60 : 86_400) * 1e9;
    const wanted = Number(match[2]);
    const { host } = this.#context;
    return (visited) => {
      const ageNs = host.nowNs() - visited.mtimeNs;
      if (match[1] === "+") return Math.floor(ageNs / unitNs) > wanted;
      if (match[1] === "-") return ageNs < wanted * unitNs;
      return (word === "-mmin" ? Math.ceil(ageNs / unitNs) : Math.floor(ageNs / unitNs)) === wanted;
    };
  }
}

const ALWAYS: FindNode = { kind: "test", name: "-true", argument: "", test: () => true };

const TESTS_WITH_ARGUMENT = new Set([
  "-name",
  "-iname",
  "-path",
  "-ipath",
  "-wholename",
  "-regex",
  "-regextype",
  "-type",
  "-size",
  "-newer",
  "-mmin",
  "-mtime",
]);

function typeTest(argument: string): FindTest {
  const kinds = new Map([
    ["f", "file"],
    ["d", "directory"],
    ["l", "symlink"],
    ["p", "fifo"],
    ["c", "character-device"],
    ["b", "block-device"],
    ["s", "socket"],
  ]);
  const wanted = argument.split(",").map((letter) => kinds.get(letter));
  if (wanted.includes(undefined)) throw new FindError(`Unknown argument to -type: ${argument}`);
  return (visited) => wanted.includes(visited.kind);
}

function sizeTest(argument: string): FindTest {
  const match = /^([-+]?)(\d+)([bcwkMG]?)$/.exec(argument);
  if (match === null) throw new FindError(`Invalid argument \`${argument}' to -size`);
  const unit = SIZE_UNITS.get(match[3] ?? "") ?? 512;
  const wanted = Number(match[2]);
  return (visited) => {
    const units = Math.ceil(visited.sizeBytes / unit);
    return match[1] === "+" ? units > wanted : match[1] === "-" ? units < wanted : units === wanted;
  };
}
