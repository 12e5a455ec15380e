/** echo and printf. */

import { formatPrintf } from "../../commands/printf-format.ts";
import { formatDate, momentOf } from "../../commands/support/strftime.ts";
import { isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { expandEchoEscapes } from "../escapes.ts";
import type { Shell } from "../shell.ts";

const NS_PER_SECOND = 1_000_000_000;

/** Writes `text` to the standard output; a failed write is reported as bash words it. Waits while a pipe is full. */
export function writeOut(shell: Shell, text: string): number | Running<number> {
  if (text === "") return 0;
  const answer = shell.write(text);
  if (isErrno(answer)) {
    shell.report(`write error: ${answer.message}`);
    return 1;
  }
  const file = shell.files.get(1);
  if (file === undefined || file.hasRoom()) return 0;
  return untilRoom(shell);
}

function* untilRoom(shell: Shell): Running<number> {
  const file = shell.files.get(1);
  if (file !== undefined) yield { kind: "condition", holds: () => file.hasRoom() };
  return 0;
}

export function echoBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  let newline = true;
  let escapes = shell.options.has("xpg_echo");
  let first = 0;
  for (; first < args.length; first++) {
    const word = args[first] ?? "";
    if (word.charCodeAt(0) !== 45 || !isEchoOption(word)) break;
    for (let i = 1; i < word.length; i++) {
      const letter = word.charAt(i);
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  let text = first === 0 ? args.join(" ") : args.slice(first).join(" ");
  if (escapes) {
    const expanded = expandEchoEscapes(text);
    text = expanded.text;
    if (expanded.stop) newline = false;
  }
  return writeOut(shell, newline ? `${text}\n` : text);
}

function isEchoOption(word: string): boolean {
  if (word.length < 2) return false;
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i);
    if (letter !== "n" && letter !== "e" && letter !== "E") return false;
  }
  return true;
}

export function printfBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  let at = 0;
  let variable: string | undefined;
  if (args[0] === "-v") {
    variable = args[1];
    at = 2;
  }
  if (args[at] === "--") at++;
  const format = args[at];
  if (format === undefined || (variable === undefined && at > 1)) {
    shell.writeError("printf: usage: printf [-v var] format [arguments]\n");
    return 2;
  }
  const result = format.includes("%(")
    ? formatWithTimes(shell, format, args.slice(at + 1))
    : formatPrintf(format, args.slice(at + 1));
  for (const error of result.errors) shell.report(error);
  if (variable === undefined) {
    const written = writeOut(shell, result.output);
    if (typeof written !== "number") return written;
    return written === 0 ? result.status : written;
  }
  return assignOutput(shell, variable, result.output) ? result.status : 1;
}

const CONVERSION = /%(?:%|[-+ 0#']*(\*|[0-9]+)?(?:\.(\*|[0-9]*))?(?:\(([^)]*)\)T|[hlLjzt]*[A-Za-z]))/g;
const SHELL_START = -2;

/** printf with `%(format)T`, which becomes `%s` of the date; arguments beyond one use of the format are left out. */
function formatWithTimes(shell: Shell, format: string, args: readonly string[]): ReturnType<typeof formatPrintf> {
  const { host } = shell.machine;
  const rest = [...args];
  const given: string[] = [];
  const plain = format.replace(CONVERSION, (whole: string, width?: string, precision?: string, dateFormat?: string) => {
    if (whole === "%%") return whole;
    if (width === "*") given.push(rest.shift() ?? "0");
    if (precision === "*") given.push(rest.shift() ?? "0");
    const argument = rest.shift();
    if (dateFormat === undefined) {
      given.push(argument ?? "");
      return whole;
    }
    const seconds = argument === undefined ? -1 : Number(argument);
    const sinceBoot = seconds === SHELL_START ? shell.startSeconds : Math.floor(host.nowNs() / NS_PER_SECOND);
    const moment = momentOf(seconds < 0 ? host.bootEpochSeconds + sinceBoot : seconds, 0);
    given.push(formatDate(dateFormat === "" ? "%H:%M:%S" : dateFormat, moment));
    return `${whole.slice(0, whole.indexOf("("))}s`;
  });
  return formatPrintf(plain, given);
}

function assignOutput(shell: Shell, target: string, text: string): boolean {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*)\])?$/s.exec(target);
  if (match === null) {
    shell.report(`\`${target}': not a valid identifier`);
    return false;
  }
  const [, name = "", key] = match;
  if (key === undefined) shell.variables.set(name, text);
  else shell.variables.setElement(name, shell.key(name, key), text);
  return true;
}
