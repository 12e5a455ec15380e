/** What the shell does to a machine goes through one file, which tells who listens: a call beside it would not be replayed. */

import { referencesOf } from "./modules.ts";
import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

const HOME = "packages/shell/src/machine/calls.ts";
const MODEL = "@ebb/model";
/** Functions that only look, of those that the file takes. */
const READS = new Set(["nextDueNs"]);

export const machineCalls: Rule = { name: "machine-calls", check };

function check(repository: Repository): readonly Finding[] {
  const files = repository.typeScript().filter((file) => file.packageName === "shell" && !file.isTest);
  const home = files.find(({ path }) => path === HOME);
  const calls = new Set(
    home === undefined
      ? []
      : namesOfModel(home)
          .map(({ name }) => name)
          .filter(isCall),
  );
  return files
    .filter(({ path }) => path !== HOME)
    .flatMap((file) =>
      namesOfModel(file)
        .filter(({ name }) => calls.has(name))
        .map(({ name, line }) => ({ path: file.path, line, message: `take ${name} from ${HOME}` })),
    );
}

function namesOfModel(file: RepositoryFile): readonly { readonly name: string; readonly line: number }[] {
  return referencesOf(file)
    .filter(({ specifier }) => specifier === MODEL)
    .flatMap(({ names, line }) => names.map((name) => ({ name, line })));
}

/** Types and constants begin with a capital. */
function isCall(name: string): boolean {
  return /^[a-z]/.test(name) && !READS.has(name);
}
