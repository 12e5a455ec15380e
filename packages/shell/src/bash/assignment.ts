/** Assignments: `a=1`, `a[i]+=2`, `a=(x [3]=y)`. */

import type { Running } from "../process/command.ts";
import { AssociativeArray, IndexedArray } from "./arrays.ts";
import { expandArgument, expandText, expandTextNow } from "./expand.ts";
import type { AssignmentIr, ElementIr, WordIr } from "./ir.ts";
import { type Shell, ShellError } from "./shell.ts";
import { trace } from "./trace.ts";
import { tracedWord } from "./transform.ts";
import { VariableError } from "./variables.ts";

/** Carries the assignments out, left to right. An error is printed and gives up the top-level command. */
export function* runAssignments(shell: Shell, assignments: readonly AssignmentIr[]): Running<void> {
  for (const assignment of assignments) yield* runAssignment(shell, assignment, shell.options.xtrace);
}

/** One assignment; `traces` shows it as `set -x` does. */
export function* runAssignment(shell: Shell, assignment: AssignmentIr, traces = false): Running<void> {
  try {
    if (assignment.elements !== undefined) yield* assignArray(shell, assignment, assignment.elements, traces);
    else if (assignment.value !== undefined) yield* assignScalar(shell, assignment, assignment.value, traces);
  } catch (error) {
    throw shell.translate(error);
  }
  if (shell.options.allexport && assignment.subscript === undefined) {
    shell.variables.own(assignment.name).exported = true;
    shell.variables.exportEpoch++;
  }
}

function* assignScalar(shell: Shell, assignment: AssignmentIr, word: WordIr, traces: boolean): Running<void> {
  const value = word.waits ? yield* expandText(shell, word) : expandTextNow(shell, word);
  const { name, subscript, append } = assignment;
  if (subscript === undefined) {
    if (traces) trace(shell, `${name}${append ? "+" : ""}=${value === "" ? "" : tracedWord(value)}`);
    shell.variables.set(name, value, append);
    return;
  }
  const key = yield* elementKey(shell, name, subscript);
  if (traces) trace(shell, assignment.text);
  shell.variables.setElement(name, key, value, append);
}

function* elementKey(shell: Shell, name: string, subscript: WordIr): Running<string> {
  const text = yield* expandText(shell, subscript);
  if (shell.variables.find(name)?.associative !== undefined) {
    if (text === "") throw new VariableError(`${name}[${subscript.text}]: bad array subscript`);
    return text;
  }
  if (text === "" || text === "@" || text === "*") throw new VariableError(`${name}[${text}]: bad array subscript`);
  return String(shell.arithmetic(text));
}

function* assignArray(
  shell: Shell,
  assignment: AssignmentIr,
  elements: readonly ElementIr[],
  traces: boolean,
): Running<void> {
  const { name, append } = assignment;
  if (assignment.subscript !== undefined) {
    shell.report(`${assignment.name}[${assignment.subscript.text}]: cannot assign list to array member`);
    throw new ShellError("discard", 1);
  }
  const target = shell.variables.resolve(name);
  if (shell.variables.find(name)?.associative !== undefined) {
    yield* assignAssociative(shell, target, elements, append);
    return;
  }
  // The values may use the array they replace, so it is replaced last.
  const before = append ? shell.variables.makeArray(target, false).indexed : undefined;
  const array = before?.clone() ?? new IndexedArray();
  let next = array.maxIndex + 1;
  for (const element of elements) {
    if (element.subscript !== undefined) {
      const index = Number(shell.arithmetic(yield* expandText(shell, element.subscript)));
      const value = yield* expandText(shell, element.value);
      const at = index < 0 ? array.maxIndex + 1 + index : index;
      if (!array.set(at, element.append ? (array.get(at) ?? "") + value : value)) {
        throw new VariableError(`${name}[${index}]: bad array subscript`);
      }
      next = at + 1;
      continue;
    }
    const fields: string[] = [];
    const waiting = expandArgument(shell, element.value, fields);
    if (waiting !== undefined) yield* waiting;
    for (const field of fields) array.set(next++, field);
  }
  if (traces) trace(shell, assignment.text);
  const variable = shell.variables.writable(target);
  variable.value = undefined;
  variable.indexed = variable.integer ? evaluated(shell, array) : array;
}

function evaluated(shell: Shell, array: IndexedArray): IndexedArray {
  const out = new IndexedArray();
  for (const key of array.keys()) out.set(key, String(shell.arithmetic(array.get(key) ?? "")));
  return out;
}

function* assignAssociative(
  shell: Shell,
  name: string,
  elements: readonly ElementIr[],
  append: boolean,
): Running<void> {
  const before = shell.variables.find(name)?.associative;
  const array = append && before !== undefined ? before.clone() : new AssociativeArray();
  let pendingKey: string | undefined;
  for (const element of elements) {
    if (element.subscript !== undefined) {
      const key = yield* expandText(shell, element.subscript);
      const value = yield* expandText(shell, element.value);
      array.set(key, element.append ? (array.get(key) ?? "") + value : value);
      continue;
    }
    const fields: string[] = [];
    const waiting = expandArgument(shell, element.value, fields);
    if (waiting !== undefined) yield* waiting;
    for (const field of fields) {
      if (pendingKey === undefined) pendingKey = field;
      else {
        array.set(pendingKey, field);
        pendingKey = undefined;
      }
    }
  }
  if (pendingKey !== undefined) array.set(pendingKey, "");
  shell.variables.writable(name).associative = array;
}
