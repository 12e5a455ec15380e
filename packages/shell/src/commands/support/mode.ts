/** File modes as chmod reads them: octal, or symbolic clauses such as `u+rw,go-w`. */

const WHO: ReadonlyMap<string, number> = new Map([
  ["u", 0o4700],
  ["g", 0o2070],
  ["o", 0o1007],
  ["a", 0o7777],
]);

const UMASK = 0o022;

/** The mode that `text` makes of `mode`; undefined when it is no mode. */
export function changeMode(text: string, mode: number, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) return Number.parseInt(text, 8) & 0o7777;
  let result = mode;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (match === null) return undefined;
    for (const action of (match[2] ?? "").matchAll(/([-+=])([rwxXstugo]*)/g)) {
      result = applyAction(result, match[1] ?? "", action[1] ?? "", action[2] ?? "", isDirectory);
    }
  }
  return result;
}

function applyAction(mode: number, who: string, operator: string, letters: string, isDirectory: boolean): number {
  let mask = 0;
  for (const letter of who) mask |= WHO.get(letter) ?? 0;
  if (who === "") mask = 0o7777 & ~UMASK;
  const bits = permissionBits(mode, letters, isDirectory) & mask;
  if (operator === "+") return mode | bits;
  if (operator === "-") return mode & ~bits;
  const kept = isDirectory ? mask & 0o0777 : mask;
  return (mode & ~kept) | bits;
}

function permissionBits(mode: number, letters: string, isDirectory: boolean): number {
  let bits = 0;
  for (const letter of letters) {
    if (letter === "r") bits |= 0o444;
    else if (letter === "w") bits |= 0o222;
    else if (letter === "x" || (letter === "X" && (isDirectory || (mode & 0o111) !== 0))) bits |= 0o111;
    else if (letter === "s") bits |= 0o6000;
    else if (letter === "t") bits |= 0o1000;
    else if (letter === "u") bits |= ((mode >> 6) & 7) * 0o111;
    else if (letter === "g") bits |= ((mode >> 3) & 7) * 0o111;
    else if (letter === "o") bits |= (mode & 7) * 0o111;
  }
  return bits;
}
