/** set and shopt. */

import type { Running } from "../../process/command.ts";
import type { Shell } from "../shell.ts";
import { SET_OPTIONS, SHOPT_NAMES } from "../shell-options.ts";
import { setText } from "../transform.ts";
import { writeOut } from "./output.ts";

export function setBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  if (args.length === 0) return writeOut(shell, variablesText(shell));
  let at = 0;
  let setsParams = false;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at++;
      setsParams = true;
      break;
    }
    if (word === "-") {
      at++;
      shell.options.set("xtrace", false);
      shell.options.set("verbose", false);
      setsParams = at < args.length;
      break;
    }
    if (!/^[-+]./.test(word)) break;
    const on = word.startsWith("-");
    for (const letter of word.slice(1)) {
      if (letter !== "o") {
        if (!setLetter(shell, letter, on)) return 2;
        continue;
      }
      const name = args[at + 1];
      if (name === undefined || /^[-+]/.test(name)) return writeOut(shell, optionsText(shell, on));
      at++;
      if (!setNamed(shell, name, on)) return 2;
    }
  }
  if (setsParams || at < args.length) shell.params = args.slice(at);
  return 0;
}

function setLetter(shell: Shell, letter: string, on: boolean): boolean {
  const option = SET_OPTIONS.find(([, candidate]) => candidate === letter);
  if (option === undefined) {
    shell.report(`${on ? "-" : "+"}${letter}: invalid option`);
    shell.writeError("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n");
    return false;
  }
  return setNamed(shell, option[0], on);
}

/** Options that would change what a script prints or does, and that are not there. */
const LEFT_OUT = new Set(["keyword", "onecmd", "verbose"]);

function setNamed(shell: Shell, name: string, on: boolean): boolean {
  if (!SET_OPTIONS.some(([candidate]) => candidate === name)) {
    shell.report(`${name}: invalid option name`);
    return false;
  }
  if (on && LEFT_OUT.has(name)) shell.report(`${name} is not modelled by ebb`);
  shell.options.set(name, on);
  return true;
}

function optionsText(shell: Shell, readable: boolean): string {
  return SET_OPTIONS.map(([name]) => {
    const on = shell.options.has(name);
    return readable ? `${name.padEnd(15)}\t${on ? "on" : "off"}\n` : `set ${on ? "-" : "+"}o ${name}\n`;
  }).join("");
}

function variablesText(shell: Shell): string {
  let text = "";
  for (const name of shell.variables.names()) {
    const variable = shell.variables.findOwn(name);
    const line = variable === undefined ? undefined : setText(shell, name, variable);
    if (line !== undefined) text += `${line}\n`;
  }
  return text;
}

export function shoptBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  let change: boolean | undefined;
  let quiet = false;
  let setOptions = false;
  let print = false;
  let at = 0;
  for (; at < args.length && /^-[suqpo]+$/.test(args[at] ?? ""); at++) {
    const word = args[at] ?? "";
    if (word.includes("s")) change = true;
    if (word.includes("u")) change = false;
    if (word.includes("q")) quiet = true;
    if (word.includes("o")) setOptions = true;
    if (word.includes("p")) print = true;
  }
  const known = setOptions ? SET_OPTIONS.map(([name]) => name) : SHOPT_NAMES;
  const given = args.slice(at);
  let status = 0;
  let text = "";
  const names =
    given.length > 0 ? given : known.filter((name) => change === undefined || shell.options.has(name) === change);
  for (const name of names) {
    if (!known.includes(name)) {
      shell.report(`${name}: invalid shell option name`);
      status = 1;
      continue;
    }
    if (given.length > 0 && change !== undefined) {
      shell.options.set(name, change);
      continue;
    }
    const on = shell.options.has(name);
    if (given.length > 0 && !on) status = 1;
    const command = setOptions ? `set ${on ? "-" : "+"}o ${name}` : `shopt ${on ? "-s" : "-u"} ${name}`;
    if (!quiet) text += print ? `${command}\n` : `${name.padEnd(15)}\t${on ? "on" : "off"}\n`;
  }
  if (text === "") return status;
  const written = writeOut(shell, text);
  return typeof written === "number" && written === 0 ? status : written;
}
