/** `set -o` and `shopt` options. */

/** Names of `set -o` in the order bash prints them, with their letters ("" for none). */
export const SET_OPTIONS: readonly (readonly [name: string, letter: string])[] = [
  ["allexport", "a"],
  ["braceexpand", "B"],
  ["emacs", ""],
  ["errexit", "e"],
  ["errtrace", "E"],
  ["functrace", "T"],
  ["hashall", "h"],
  ["histexpand", "H"],
  ["history", ""],
  ["ignoreeof", ""],
  ["interactive-comments", ""],
  ["keyword", "k"],
  ["monitor", "m"],
  ["noclobber", "C"],
  ["noexec", "n"],
  ["noglob", "f"],
  ["nolog", ""],
  ["notify", "b"],
  ["nounset", "u"],
  ["onecmd", "t"],
  ["physical", "P"],
  ["pipefail", ""],
  ["posix", ""],
  ["privileged", "p"],
  ["verbose", "v"],
  ["vi", ""],
  ["xtrace", "x"],
];

const SHOPT_ON: readonly string[] = [
  "checkwinsize",
  "cmdhist",
  "complete_fullquote",
  "extquote",
  "force_fignore",
  "globasciiranges",
  "globskipdots",
  "hostcomplete",
  "interactive_comments",
  "patsub_replacement",
  "progcomp",
  "promptvars",
  "sourcepath",
];

const SHOPT_OFF: readonly string[] = [
  "assoc_expand_once",
  "autocd",
  "cdable_vars",
  "cdspell",
  "checkhash",
  "checkjobs",
  "compat31",
  "compat32",
  "compat40",
  "compat41",
  "compat42",
  "compat43",
  "compat44",
  "direxpand",
  "dirspell",
  "dotglob",
  "execfail",
  "expand_aliases",
  "extdebug",
  "extglob",
  "failglob",
  "globstar",
  "gnu_errfmt",
  "histappend",
  "histreedit",
  "histverify",
  "huponexit",
  "inherit_errexit",
  "lastpipe",
  "lithist",
  "localvar_inherit",
  "localvar_unset",
  "login_shell",
  "mailwarn",
  "no_empty_cmd_completion",
  "nocaseglob",
  "nocasematch",
  "noexpand_translation",
  "nullglob",
  "progcomp_alias",
  "restricted_shell",
  "shift_verbose",
  "syslog_history",
  "varredir_close",
  "xpg_echo",
];

/** Options of which a shell keeps the state but that change nothing here. */
export const SHOPT_NAMES: readonly string[] = [...SHOPT_ON, ...SHOPT_OFF].sort();

export class ShellOptions {
  readonly #on: Set<string>;
  /** The options read on every command, kept apart from the set. */
  errexit = false;
  nounset = false;
  xtrace = false;
  noglob = false;
  pipefail = false;
  noexec = false;
  allexport = false;

  constructor(on: Iterable<string> = ["braceexpand", "hashall", "interactive-comments", ...SHOPT_ON]) {
    this.#on = new Set(on);
    this.#refresh();
  }

  fork(): ShellOptions {
    return new ShellOptions(this.#on);
  }

  has(name: string): boolean {
    return this.#on.has(name);
  }

  set(name: string, on: boolean): void {
    if (on) this.#on.add(name);
    else this.#on.delete(name);
    this.#refresh();
  }

  /** `$-` without what only the caller knows. */
  letters(): string {
    let letters = "";
    for (const [name, letter] of SET_OPTIONS) if (letter !== "" && this.#on.has(name)) letters += letter;
    return [...letters].sort(byLetter).join("");
  }

  #refresh(): void {
    this.errexit = this.#on.has("errexit");
    this.nounset = this.#on.has("nounset");
    this.xtrace = this.#on.has("xtrace");
    this.noglob = this.#on.has("noglob");
    this.pipefail = this.#on.has("pipefail");
    this.noexec = this.#on.has("noexec");
    this.allexport = this.#on.has("allexport");
  }
}

/** bash lists lower case letters first. */
function byLetter(a: string, b: string): number {
  const [aLower, bLower] = [a >= "a", b >= "a"];
  if (aLower !== bLower) return aLower ? -1 : 1;
  return a < b ? -1 : 1;
}
