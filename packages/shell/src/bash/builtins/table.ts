/** The builtins by name. */

import type { Running } from "../../process/command.ts";
import type { AssignmentIr } from "../ir.ts";
import type { Shell } from "../shell.ts";
import {
  cdBuiltin,
  commandBuiltin,
  enableBuiltin,
  hashBuiltin,
  pwdBuiltin,
  runBuiltin,
  testBuiltin,
  typeBuiltin,
} from "./commands.ts";
import { declareBuiltin, exportBuiltin, localBuiltin, readonlyBuiltin } from "./declare.ts";
import {
  breakBuiltin,
  continueBuiltin,
  evalBuiltin,
  execBuiltin,
  exitBuiltin,
  failBuiltin,
  returnBuiltin,
  sourceBuiltin,
  succeedBuiltin,
} from "./flow.ts";
import { mapfileBuiltin, readBuiltin } from "./input.ts";
import {
  disownBuiltin,
  jobsBuiltin,
  killBuiltin,
  timesBuiltin,
  trapBuiltin,
  ulimitBuiltin,
  umaskBuiltin,
  waitBuiltin,
} from "./jobs.ts";
import { setBuiltin, shoptBuiltin } from "./options.ts";
import { echoBuiltin, printfBuiltin } from "./output.ts";
import { getoptsBuiltin, letBuiltin, shiftBuiltin, unsetBuiltin } from "./variables.ts";

/** Runs with the arguments after the name; one that never waits returns its status at once. */
type Builtin = (shell: Shell, args: readonly string[], name: string) => number | Running<number>;

/** An argument of `declare` and its kin: a word, or an assignment still to be expanded. */
export type DeclarationArgument = string | AssignmentIr;
type Declaration = (shell: Shell, args: readonly DeclarationArgument[], name: string) => Running<number>;

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [":", succeedBuiltin],
  ["true", succeedBuiltin],
  ["false", failBuiltin],
  [".", sourceBuiltin],
  ["source", sourceBuiltin],
  ["[", testBuiltin],
  ["test", testBuiltin],
  ["break", breakBuiltin],
  ["continue", continueBuiltin],
  ["return", returnBuiltin],
  ["exit", exitBuiltin],
  ["eval", evalBuiltin],
  ["exec", execBuiltin],
  ["builtin", runBuiltin],
  ["command", commandBuiltin],
  ["type", typeBuiltin],
  ["hash", hashBuiltin],
  ["enable", enableBuiltin],
  ["cd", cdBuiltin],
  ["pwd", pwdBuiltin],
  ["echo", echoBuiltin],
  ["printf", printfBuiltin],
  ["read", readBuiltin],
  ["mapfile", mapfileBuiltin],
  ["readarray", mapfileBuiltin],
  ["getopts", getoptsBuiltin],
  ["let", letBuiltin],
  ["shift", shiftBuiltin],
  ["unset", unsetBuiltin],
  ["set", setBuiltin],
  ["shopt", shoptBuiltin],
  ["trap", trapBuiltin],
  ["kill", killBuiltin],
  ["wait", waitBuiltin],
  ["jobs", jobsBuiltin],
  ["disown", disownBuiltin],
  ["times", timesBuiltin],
  ["umask", umaskBuiltin],
  ["ulimit", ulimitBuiltin],
]);

export const DECLARATIONS: ReadonlyMap<string, Declaration> = new Map<string, Declaration>([
  ["declare", declareBuiltin],
  ["typeset", declareBuiltin],
  ["local", localBuiltin],
  ["export", exportBuiltin],
  ["readonly", readonlyBuiltin],
]);

/** True for the name of a builtin. */
export function isBuiltin(name: string): boolean {
  return BUILTINS.has(name) || DECLARATIONS.has(name);
}
