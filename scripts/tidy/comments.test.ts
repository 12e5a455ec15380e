import { expect, test } from "vitest";
import { RepositoryFile } from "./repository.ts";

function comments(text: string): readonly string[] {
  return new RepositoryFile("a.ts", text.length, () => text).comments.map((comment) => comment.text);
}

test("finds line, block and doc comments", () => {
  expect(comments("// a\nx; /* b */ y; /** c\n * d */\n// e")).toEqual(["// a", "/* b */", "/** c\n * d */", "// e"]);
});

test("is not taken in by strings, templates and regular expressions", () => {
  expect(comments(`f("// no", '/* no */', /[/]*\\/\\/no/); // yes`)).toEqual(["// yes"]);
  expect(comments("f(`// no $".concat("{g(/* yes */ `/* no */`)} // no`); // too"))).toEqual(["/* yes */", "// too"]);
});
