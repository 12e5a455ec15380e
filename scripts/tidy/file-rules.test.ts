import { describe, expect, test } from "vitest";
import { bigFiles } from "./big-files.ts";
import { fileNames } from "./file-names.ts";
import { privatePaths } from "./private-paths.ts";
import { provenance } from "./provenance.ts";
import { Repository, RepositoryFile } from "./repository.ts";
import { offences, offendingLines, type Texts } from "./testing.ts";

test("file and folder names are kebab-case", () => {
  const good = [
    "a.ts",
    "packages/x/src/a-b2/c-d.test.ts",
    "vitest.config.ts",
    "README.md",
    "fixtures/X/Y_z.sh",
    ".ci/A.sh",
  ];
  const bad = ["packages/x/src/aB.ts", "scripts/a_b.ts", "packages/x/src/Dir/a.ts", "a--b.ts", "a.model.test.ts"];
  const texts = Object.fromEntries([...good, ...bad].map((path) => [path, ""]));
  expect(offences(fileNames, texts)).toEqual(bad.map((path) => `${path}:1`));
});

test("big files", () => {
  const files = [new RepositoryFile("a", 1_000_000, () => ""), new RepositoryFile("b", 1_000_001, () => "")];
  expect(bigFiles.check(new Repository(files)).map(({ path }) => path)).toEqual(["b"]);
});

test("paths of one machine, in text of any kind", () => {
  const folder = (name: string): string => `/${name}/`;
  const lines = [
    `see ${folder("work")}main`,
    `a${folder("work")}b, \${x}${folder("work")}b and ${folder("network")} are fine`,
    `"${folder("root")}x"`,
    `[style](../${"shared"}/style.md)`,
    "HOME=/root; ./shared/x",
  ];
  expect(offendingLines(privatePaths, "docs/a.md", lines)).toEqual([1, 3, 4]);
  expect(offences(privatePaths, { "a.bin": `\0${folder("work")}` })).toEqual([]);
});

describe("provenance", () => {
  function check(texts: Texts, expected: readonly string[]): void {
    expect(offences(provenance, texts)).toEqual(expected.map((path) => `${path}:1`));
  }

  test("each folder explains itself", () => {
    check({ "fixtures/a/x.txt": "", "fixtures/a/y.txt": "", "fixtures/README.md": "" }, ["fixtures/a"]);
    check({ "fixtures/a/x.txt": "", "fixtures/PROVENANCE.md": "`**/*.txt`" }, ["fixtures/a"]);
    check({ "fixtures/x.txt": "", "fixtures/PROVENANCE.md": "x.txt" }, []);
  });

  test("files are named by path or by a glob in backticks", () => {
    const files = { "fixtures/a/x.txt": "", "fixtures/a/deep/y.trace": "", "fixtures/a/deep/z1.log": "" };
    const named = (text: string): Texts => ({ ...files, "fixtures/a/PROVENANCE.md": text });
    check(named("| x.txt | deep/y.trace |\n- `deep/z1.log`: v6.1"), []);
    check(named("x.txt. `*.trace` and `deep/z?.{log,out}`"), []);
    check(named("* y.trace\n* z1.log"), Object.keys(files));
    check(named("`deep/**`"), ["fixtures/a/x.txt"]);
    check(named("`*`"), Object.keys(files));
  });

  test("the nearest one counts", () => {
    check(
      {
        "fixtures/a/deep/y.trace": "",
        "fixtures/a/PROVENANCE.md": "`*.trace`",
        "fixtures/a/deep/PROVENANCE.md": "nothing",
      },
      ["fixtures/a/deep/y.trace"],
    );
  });
});
