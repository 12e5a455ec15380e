import { describe, expect, it } from "vitest";
import { compileBre, compileEre, countGroups } from "./index.ts";

type Compiled = ReturnType<typeof compileEre>;

function check(regex: Compiled, text: string, expected: string | undefined): void {
  if ("error" in regex) throw new Error(regex.error);
  expect([regex.source, text, regex.exec(text)?.[0]]).toEqual([regex.source, text, expected]);
}

function fails(regex: Compiled, error: string): void {
  expect("error" in regex ? regex.error : regex.source).toBe(error);
}

describe("compileEre", () => {
  it("takes the longest of alternatives that stand side by side", () => {
    check(compileEre("ab|abc|abcd"), "xabcdx", "abcd");
    check(compileEre("[0-9]+|[0-9]+\\.[0-9]+"), "12.5", "12.5");
    // WRONG: POSIX takes "abcd"; the first branch that lets the rest match is taken here
    check(compileEre("(a|ab)(c|bcd)"), "abcd", "abc");
    check(compileEre("foo|foo.*"), "foobar", "foobar");
  });

  it("has the classes of the C locale", () => {
    check(compileEre("[[:alpha:]]+"), "12ab\xe9", "ab");
    check(compileEre("[]x]+"), "a]x", "]x");
    check(compileEre("[^]x]+"), "]ax", "a");
    check(compileEre("[a-c-]+"), "b-d", "b-");
    check(compileEre("[\\.]+"), "a\\.", "\\.");
    check(compileEre("[[.-.]a]+"), "-a", "-a");
    check(compileEre("\\w+\\s\\W"), "ab -", "ab -");
  });

  it("knows words, anchors and intervals", () => {
    check(compileEre("\\<a\\>"), "ba a", "a");
    check(compileEre("\\bab\\B"), "abc", "ab");
    check(compileEre("a{2}"), "aaa", "aa");
    check(compileEre("a{,2}b"), "aaab", "aab");
    check(compileEre("a{x"), "a{x", "a{x");
    check(compileEre("^a|b$"), "cb", "b");
    check(compileEre("a**"), "aaa", "aaa");
    check(compileEre("a."), "a\n", "a\n");
    check(compileEre("(a)\\1"), "aa", "aa");
  });

  it("folds case for ASCII only", () => {
    check(compileEre("aB[c-d]", { ignoreCase: true }), "AbD", "AbD");
    check(compileEre("\xe9", { ignoreCase: true }), "\xc9", undefined);
    check(compileEre("(a)\\1", { ignoreCase: true }), "aA", "aA");
  });

  it("refuses as regcomp does", () => {
    fails(compileEre("("), "Unmatched ( or \\(");
    fails(compileEre("["), "Unmatched [, [^, [:, [., or [=");
    fails(compileEre("*a"), "Invalid preceding regular expression");
    fails(compileEre("a{2,1}"), "Invalid content of \\{\\}");
    fails(compileEre("[b-a]"), "Invalid range end");
    fails(compileEre("[[:foo:]]"), "Invalid character class name");
    fails(compileEre("(a)\\2"), "Invalid back reference");
    fails(compileEre("a\\"), "Trailing backslash");
    fails(compileEre("a{40000}"), "Regular expression too big");
  });

  it("takes a stray parenthesis as itself", () => {
    check(compileEre("a)"), "a)", "a)");
  });

  it("counts its groups", () => {
    const regex = compileEre("(a(b))|(c)");
    expect("error" in regex ? -1 : countGroups(regex)).toBe(3);
  });
});

describe("compileBre", () => {
  it("has its operators behind backslashes", () => {
    check(compileBre("a\\+b\\?"), "aab", "aab");
    check(compileBre("a+b?"), "a+b?", "a+b?");
    check(compileBre("\\(a\\|b\\)\\1"), "abb", "bb");
    check(compileBre("a\\{2\\}"), "aaa", "aa");
    check(compileBre("*a"), "*a", "*a");
    check(compileBre("\\(*a\\)"), "*a", "*a");
    check(compileBre("^*a"), "*a", "*a");
    check(compileBre("a^b$c"), "a^b$c", "a^b$c");
    check(compileBre("\\(^a$\\)"), "a", "a");
  });

  it("reads the escapes of sed and awk only for them", () => {
    check(compileBre("a\\tb", { flavour: "sed" }), "a\tb", "a\tb");
    check(compileBre("[\\n]", { flavour: "sed" }), "\n", "\n");
    check(compileEre('\\"\\/\\101', { flavour: "awk" }), '"/A', '"/A');
    check(compileEre("[\\]\\/]+", { flavour: "awk" }), "]/", "]/");
  });

  it("warns of a repetition of nothing, as grep does", () => {
    const warnings: string[] = [];
    check(compileEre("*a", { flavour: "grep", warn: (text) => warnings.push(text) }), "a", "a");
    expect(warnings).toEqual(["* at start of expression"]);
  });
});
