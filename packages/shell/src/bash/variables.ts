/**
 * The variables of one shell process. A name has one visible variable; `local` and assignments before a command save
 * the one they hide in a frame, and leaving the frame puts it back.
 *
 * A subshell shares the variables of its parent until one of both writes: each variable names the generation it
 * belongs to, `fork` gives both sides a new one, and a write to a variable of another generation copies it first.
 */

import { AssociativeArray, IndexedArray } from "./arrays.ts";
import type { Shell } from "./shell.ts";

export interface Variable {
  generation: object;
  /** Scalar value; undefined when declared only, or an array. */
  value: string | undefined;
  indexed: IndexedArray | undefined;
  associative: AssociativeArray | undefined;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
  /** "l" or "u" when values are lowered or raised, "" else. */
  letterCase: "" | "l" | "u";
  /** `declare -n`: the value names another variable. */
  nameref: boolean;
  /** Computes the value on each use ($RANDOM, $SECONDS). */
  dynamic: DynamicValue | undefined;
  /** An array declared but never assigned to. */
  isDeclaredOnly: boolean;
}

interface DynamicValue {
  readonly get: (shell: Shell) => string;
  readonly set?: (shell: Shell, value: string) => void;
  readonly list?: (shell: Shell) => readonly string[];
}

/** Assignment to a readonly variable, a bad name and the like; `message` lacks the shell's prefix. */
export class VariableError extends Error {}

interface Frame {
  readonly saved: Map<string, Variable | undefined>;
  /** Frames of functions hold locals; others hold the assignments before one command. */
  readonly isFunction: boolean;
}

export class Variables {
  #generation: object = {};
  #table: Map<string, Variable>;
  #frames: Frame[] = [];
  /** The shell whose variables these are: computes $LINENO and evaluates what `declare -i` variables are given. */
  readonly #owner: () => Shell;
  /** Changes whenever an exported variable may have changed. */
  exportEpoch = 0;

  constructor(owner: () => Shell, table: Map<string, Variable> = new Map()) {
    this.#owner = owner;
    this.#table = table;
  }

  /** A copy for the subshell `owner`. */
  fork(owner: () => Shell): Variables {
    this.#generation = {};
    const child = new Variables(owner, new Map(this.#table));
    child.#frames = this.#frames.map((frame) => ({ saved: new Map(frame.saved), isFunction: frame.isFunction }));
    return child;
  }

  names(): readonly string[] {
    return [...this.#table.keys()].sort();
  }

  /** The variable seen under `name`, namerefs followed. */
  find(name: string): Variable | undefined {
    const variable = this.#table.get(name);
    if (variable === undefined || !variable.nameref) return variable;
    const target = this.resolve(name);
    return target === name ? variable : this.#table.get(target);
  }

  /** The variable itself, not what it refers to. */
  findOwn(name: string): Variable | undefined {
    return this.#table.get(name);
  }

  /** The name at the end of the namerefs that start at `name`. */
  resolve(name: string): string {
    let at = name;
    for (let nrSteps = 0; nrSteps < 16; nrSteps++) {
      const variable = this.#table.get(at);
      if (variable === undefined || !variable.nameref || variable.value === undefined || variable.value === "")
        return at;
      at = variable.value;
    }
    return at;
  }

  /** `$name`: the scalar value, or element 0 of an array. */
  get(name: string): string | undefined {
    const variable = this.#table.get(name);
    if (variable === undefined) return undefined;
    if (variable.nameref) {
      const target = this.resolve(name);
      if (target === name) return variable.value;
      const bracket = target.indexOf("[");
      return bracket < 0 ? this.get(target) : this.getElement(target.slice(0, bracket), target.slice(bracket + 1, -1));
    }
    if (variable.dynamic !== undefined) return variable.dynamic.get(this.#owner());
    if (variable.indexed !== undefined) return variable.indexed.get(0);
    if (variable.associative !== undefined) return variable.associative.get("0");
    return variable.value;
  }

  /** One element; `key` is the key itself, or decimal digits for an indexed array. */
  getElement(name: string, key: string): string | undefined {
    const variable = this.find(name);
    if (variable === undefined) return undefined;
    if (variable.dynamic !== undefined) {
      return variable.dynamic.list === undefined
        ? key === "0"
          ? variable.dynamic.get(this.#owner())
          : undefined
        : variable.dynamic.list(this.#owner())[Number(key)];
    }
    if (variable.associative !== undefined) return variable.associative.get(key);
    if (variable.indexed !== undefined) return variable.indexed.get(Number(key));
    const index = Number(key);
    return index === 0 || index === -1 ? variable.value : undefined;
  }

  /** Values of `${name[@]}`; a scalar is its one element. */
  list(name: string): readonly string[] {
    const variable = this.find(name);
    if (variable === undefined) return [];
    if (variable.dynamic !== undefined)
      return variable.dynamic.list?.(this.#owner()) ?? [variable.dynamic.get(this.#owner())];
    if (variable.indexed !== undefined) return variable.indexed.values();
    if (variable.associative !== undefined) return variable.associative.values();
    return variable.value === undefined ? [] : [variable.value];
  }

  /** Keys of `${!name[@]}`. */
  keys(name: string): readonly string[] {
    const variable = this.find(name);
    if (variable === undefined) return [];
    if (variable.dynamic?.list !== undefined) return variable.dynamic.list(this.#owner()).map((_, i) => String(i));
    if (variable.indexed !== undefined) return variable.indexed.keys().map(String);
    if (variable.associative !== undefined) return variable.associative.keys();
    return variable.value === undefined && variable.dynamic === undefined ? [] : ["0"];
  }

  /** `name=value` or `name+=value`. Throws VariableError. */
  set(name: string, value: string, append = false): void {
    const target = this.resolve(name);
    const bracket = target.indexOf("[");
    if (bracket > 0) {
      this.setElement(target.slice(0, bracket), target.slice(bracket + 1, -1), value, append);
      return;
    }
    const variable = this.writable(target);
    if (variable.dynamic !== undefined) {
      if (variable.dynamic.set !== undefined) variable.dynamic.set(this.#owner(), value);
      return;
    }
    if (variable.indexed !== undefined || variable.associative !== undefined) {
      this.setElement(target, "0", value, append);
      return;
    }
    variable.value = this.#converted(variable, value, append ? (variable.value ?? "") : undefined);
    if (variable.exported) this.exportEpoch++;
  }

  /** `name[key]=value`. Throws VariableError. */
  setElement(name: string, key: string, value: string, append = false): void {
    const target = this.resolve(name);
    const variable = this.writable(target);
    const before = append ? (this.getElement(target, key) ?? "") : undefined;
    const converted = this.#converted(variable, value, before);
    if (variable.associative !== undefined) {
      variable.associative.set(key, converted);
      return;
    }
    if (variable.indexed === undefined) {
      variable.indexed = variable.value === undefined ? new IndexedArray() : IndexedArray.of([variable.value]);
      variable.value = undefined;
    }
    if (!variable.indexed.set(Number(key), converted)) throw new VariableError(`${name}[${key}]: bad array subscript`);
  }

  /** The variable of `name` for a change: made when missing, copied when shared. Throws VariableError if readonly. */
  writable(name: string): Variable {
    const variable = this.#table.get(name);
    if (variable?.readonly === true) throw new VariableError(`${name}: readonly variable`);
    const own = this.own(name);
    own.isDeclaredOnly = false;
    return own;
  }

  /** As `writable`, but attributes of readonly variables may be added too. */
  own(name: string): Variable {
    const variable = this.#table.get(name);
    if (variable !== undefined && variable.generation === this.#generation) return variable;
    const copy = variable === undefined ? this.#fresh() : this.#copy(variable);
    this.#table.set(name, copy);
    return copy;
  }

  /** Makes `name` an array of the kind asked, keeping a scalar as element 0. */
  makeArray(name: string, associative: boolean): Variable {
    const variable = this.own(this.resolve(name));
    if (variable.indexed !== undefined || variable.associative !== undefined) {
      if (associative !== (variable.associative !== undefined)) {
        const [from, to] = associative ? ["indexed", "associative"] : ["associative", "indexed"];
        throw new VariableError(`${name}: cannot convert ${from} to ${to} array`);
      }
      return variable;
    }
    variable.isDeclaredOnly = variable.value === undefined;
    if (associative) {
      variable.associative = new AssociativeArray();
      if (variable.value !== undefined) variable.associative.set("0", variable.value);
    } else variable.indexed = variable.value === undefined ? new IndexedArray() : IndexedArray.of([variable.value]);
    variable.value = undefined;
    return variable;
  }

  /** Takes the name away. Throws VariableError if readonly. */
  unset(name: string): void {
    const variable = this.#table.get(name);
    if (variable === undefined) return;
    if (variable.readonly) throw new VariableError(`${name}: cannot unset: readonly variable`);
    if (variable.exported) this.exportEpoch++;
    const top = this.#frames.length - 1;
    for (let i = top; i >= 0; i--) {
      const frame = this.#frames[i];
      if (frame === undefined || !frame.saved.has(name)) continue;
      // A local of this function stays local and unset; one of a caller is removed and uncovers what it hid.
      if (i === top) break;
      this.#restore(name, frame.saved.get(name));
      frame.saved.delete(name);
      return;
    }
    this.#table.delete(name);
  }

  unsetElement(name: string, key: string): void {
    const variable = this.find(name);
    if (variable === undefined) return;
    const own = this.writable(this.resolve(name));
    if (own.associative !== undefined) own.associative.delete(key);
    else if (own.indexed !== undefined) own.indexed.delete(Number(key));
    else if (Number(key) === 0) this.unset(name);
  }

  /** Opens a frame: of a function, or for the assignments before one command. */
  pushFrame(isFunction: boolean): void {
    this.#frames.push({ saved: new Map(), isFunction });
  }

  /** Leaves the innermost frame: what it hid is visible again. */
  popFrame(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    for (const [name, variable] of frame.saved) this.#restore(name, variable);
  }

  /** Hides `name` until the innermost frame is left (of a function if `inFunction`); it is then unset. */
  hide(name: string, inFunction: boolean): void {
    for (let i = this.#frames.length - 1; i >= 0; i--) {
      const frame = this.#frames[i];
      if (frame === undefined || (inFunction && !frame.isFunction)) continue;
      if (frame.saved.has(name)) return;
      frame.saved.set(name, this.#table.get(name));
      if (this.#table.get(name)?.exported === true) this.exportEpoch++;
      this.#table.delete(name);
      return;
    }
  }

  /** Runs `change` on the global variable `name`, even when a local hides it (`declare -g`). */
  atGlobalScope(name: string, change: () => void): void {
    const frame = this.#frames.find((candidate) => candidate.saved.has(name));
    if (frame === undefined) {
      change();
      return;
    }
    const visible = this.#table.get(name);
    this.#restore(name, frame.saved.get(name));
    change();
    frame.saved.set(name, this.#table.get(name));
    this.#restore(name, visible);
  }

  /** Exported scalars with a value. */
  exportedEntries(): Map<string, string> {
    const entries = new Map<string, string>();
    for (const [name, variable] of this.#table) {
      if (!variable.exported) continue;
      const value = this.get(name);
      if (value !== undefined) entries.set(name, value);
    }
    return entries;
  }

  /** Installs a computed variable. */
  define(name: string, dynamic: DynamicValue): void {
    const variable = this.#fresh();
    variable.dynamic = dynamic;
    this.#table.set(name, variable);
  }

  #restore(name: string, variable: Variable | undefined): void {
    if (variable?.exported === true || this.#table.get(name)?.exported === true) this.exportEpoch++;
    if (variable === undefined) this.#table.delete(name);
    else this.#table.set(name, variable);
  }

  #converted(variable: Variable, value: string, before: string | undefined): string {
    if (variable.integer) {
      const sum = before === undefined ? value : `${before === "" ? "0" : before}+(${value === "" ? "0" : value})`;
      return String(this.#owner().arithmetic(sum));
    }
    const text = before === undefined ? value : before + value;
    if (variable.letterCase === "") return text;
    return variable.letterCase === "l" ? lowerBytes(text) : upperBytes(text);
  }

  #fresh(): Variable {
    return {
      generation: this.#generation,
      value: undefined,
      indexed: undefined,
      associative: undefined,
      exported: false,
      readonly: false,
      integer: false,
      letterCase: "",
      nameref: false,
      dynamic: undefined,
      isDeclaredOnly: false,
    };
  }

  #copy(variable: Variable): Variable {
    return {
      ...variable,
      generation: this.#generation,
      indexed: variable.indexed?.clone(),
      associative: variable.associative?.clone(),
    };
  }
}

/** Lower case of ASCII letters only: text is bytes. */
export function lowerBytes(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Upper case of ASCII letters only. */
export function upperBytes(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
