import { describe, expect, it } from "vitest";
import { FileTree } from "../vfs/file-tree.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import { evaluateTest } from "./test-expression.ts";
import { splitWords } from "./testing/corpus-format.ts";

let nowNs = 0;
const vfs = new FileTree(createTmpfs(() => ++nowNs));
for (const name of ["old", "new"]) {
  const opened = vfs.open(name, "/", { write: true, create: true }, 1);
  if ("handle" in opened && name === "new") opened.handle.write(0, "text");
}
vfs.mkdir("dir", "/", 0o755);
vfs.symlink("old", "link", "/");
vfs.symlink("nowhere", "broken", "/");
vfs.mkfifo("pipe", "/", 0o644);

function check(expression: string, expected: boolean | string): void {
  const result = evaluateTest(splitWords(expression), { vfs, cwd: "/" });
  expect([expression, typeof result === "boolean" ? result : result.error]).toEqual([expression, expected]);
}

describe("evaluateTest", () => {
  it("decides by the number of arguments", () => {
    check("", false);
    check("x", true);
    check("''", false);
    check("-n", true);
    check("!", true);
    check("! x", false);
    check("-z ''", true);
    check("-n ''", false);
    check("! -n x", false);
    check("( x )", true);
    check("! ( x )", false);
    check("-a = -a", true);
    check("( = (", true);
    check("! = !", true);
  });

  it("compares texts and integers", () => {
    check("a = a", true);
    check("a == b", false);
    check("a != b", true);
    check("a '<' b", true);
    check("10 -lt 9", false);
    check("' 10 ' -eq 10", true);
    check("-5 -le -5", true);
    check("99999999999999999999 -gt 1", true);
    check("1 -ne 2 -a 2 -ge 2", true);
    check("1 -eq 2 -o 2 -gt 1", true);
    check("! 1 -eq 2 -a x", true);
    check("( a = b -o x ) -a y", true);
  });

  it("asks for files", () => {
    check("-e old", true);
    check("-f dir", false);
    check("-d dir", true);
    check("-s old", false);
    check("-s new", true);
    check("-x dir", true);
    check("-x old", false);
    check("-r old", true);
    check("-L link", true);
    check("-h old", false);
    check("-e broken", false);
    check("-p pipe", true);
    check("-S pipe", false);
    check("new -nt old", true);
    check("old -ot new", true);
    check("new -nt missing", true);
    check("missing -nt new", false);
    check("link -ef old", true);
    check("new -ef old", false);
    check("-t 0", false);
  });

  it("says what is wrong, as bash does", () => {
    check("1 -eq x", "x: integer expression expected");
    check("'' -eq 1", ": integer expression expected");
    check("a b", "a: unary operator expected");
    check("a b c", "b: binary operator expected");
    check("a b c d", "too many arguments");
    check("1 -eq 1 -a", "argument expected");
    check("( a = b -a c", "`)' expected");
  });
});
