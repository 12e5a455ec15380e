/** Parts of the evaluator on their own: arithmetic, patterns, braces, arrays, positions. */

import { describe, expect, it } from "vitest";
import { type ArithmeticScope, evaluateText } from "./arithmetic.ts";
import { ArithmeticError } from "./arithmetic-parse.ts";
import { AssociativeArray, IndexedArray } from "./arrays.ts";
import { expandBraces } from "./braces.ts";
import { splitFields } from "./builtins/input.ts";
import { compileScript } from "./compile.ts";
import { compilePattern, matchesWhole, quotePattern } from "./pattern.ts";
import { changeCase, removeMatch, replaceMatches } from "./pattern-operations.ts";

const scope = (values: Record<string, string>): ArithmeticScope => ({
  getNumeric: (name) => values[name],
  setNumeric: (name, _subscript, value) => {
    values[name] = value;
  },
});

describe("arithmetic", () => {
  const check = (text: string, expected: string): void =>
    expect(String(evaluateText(text, scope({ x: "7", big: "9007199254740993" })))).toBe(expected);

  it("wraps at 64 bits", () => {
    check("9223372036854775807 + 1", "-9223372036854775808");
    check("-9223372036854775807 - 2", "9223372036854775807");
    check("4294967296 * 4294967296", "0");
    check("3 ** 41", "-420491770248316829");
    check("big * 2 - big", "9007199254740993");
  });

  it("agrees with BigInt on random values", () => {
    let state = 12345n;
    const next = (): bigint => {
      state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
      return BigInt.asIntN(64, state >> (state & 48n));
    };
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [next(), next()];
      check(`(${a}) + (${b})`, String(BigInt.asIntN(64, a + b)));
      check(`(${a}) * (${b})`, String(BigInt.asIntN(64, a * b)));
      if (b !== 0n) check(`(${a}) / (${b})`, String(BigInt.asIntN(64, a / b)));
      if (b !== 0n) check(`(${a}) % (${b})`, String(BigInt.asIntN(64, a % b)));
      check(`(${a}) ^ (${b})`, String(a ^ b));
      check(`(${a}) << (${b & 63n})`, String(BigInt.asIntN(64, a << (b & 63n))));
      check(`(${a}) < (${b})`, a < b ? "1" : "0");
    }
  });

  it("names the token an error is about", () => {
    const fail = (text: string): string => {
      try {
        evaluateText(text, scope({}));
      } catch (error) {
        if (error instanceof ArithmeticError) return `${error.expression}: ${error.message}`;
        throw error;
      }
      return "no error";
    };
    expect(fail(" 1/0 ")).toBe('1/0 : division by 0 (error token is "0 ")');
    expect(fail("1 +")).toBe('1 +: syntax error: operand expected (error token is "+")');
    expect(fail("4 4")).toBe('4 4: syntax error in expression (error token is "4")');
    expect(fail("(1")).toBe('(1: missing `)\' (error token is "1")');
  });

  it("stops at endless recursion", () => {
    expect(() => evaluateText("a", scope({ a: "a" }))).toThrow(ArithmeticError);
  });
});

describe("patterns", () => {
  const matches = (pattern: string, text: string): boolean =>
    matchesWhole(compilePattern(pattern, { extglob: true, ignoreCase: false }), text);

  it("match as fnmatch does", () => {
    const cases: readonly [pattern: string, yes: string, no: string][] = [
      ["a*b*c", "aXbYc", "acb"],
      ["[!a-c]?", "dx", "ax"],
      ["[]x]", "]", "y"],
      ["[a-]", "-", "b"],
      ["\\*", "*", "x"],
      ["[[:digit:]_]", "_", "a"],
      ["!(foo|ba*)", "qux", "bar"],
      ["+(ab|c)", "abcab", "abx"],
      ["*(x)y", "xxy", "xz"],
      ["@(a|b)?(c)", "bc", "cc"],
      ["!(a)*", "ab", "\0never"],
      ["[", "[", "a"],
      ["**", "", "\0never"],
    ];
    for (const [pattern, yes, no] of cases) {
      expect([pattern, matches(pattern, yes)]).toEqual([pattern, true]);
      if (no !== "\0never") expect([pattern, matches(pattern, no)]).toEqual([pattern, false]);
    }
  });

  it("match only themselves when quoted", () => {
    for (const text of ["a*b", "[x]", "\\", "!(a|b)", "a-z", "?"]) expect(matches(quotePattern(text), text)).toBe(true);
    expect(matches(quotePattern("*"), "x")).toBe(false);
  });

  it("remove and replace", () => {
    const pattern = (text: string): ReturnType<typeof compilePattern> =>
      compilePattern(text, { extglob: true, ignoreCase: false });
    expect(removeMatch("a.b.c", pattern("*."), false, true)).toBe("c");
    expect(removeMatch("a.b.c", pattern(".*"), true, false)).toBe("a.b");
    expect(replaceMatches("aXbXc", pattern("X"), "", true, ["<", undefined, ">"])).toBe("a<X>b<X>c");
    expect(replaceMatches("aaa", pattern("a*"), "", true, ["-"])).toBe("-");
    expect(changeCase("abc", pattern("[ac]"), "upper", true)).toBe("AbC");
  });
});

describe("braces", () => {
  it("expand like bash's", () => {
    expect(expandBraces("a{b,c{1..3}}d")).toEqual(["abd", "ac1d", "ac2d", "ac3d"]);
    expect(expandBraces("{01..3}")).toEqual(["01", "02", "03"]);
    expect(expandBraces("{a..e..2}")).toEqual(["a", "c", "e"]);
    expect(expandBraces("x{y}z")).toEqual(["x{y}z"]);
    expect(expandBraces("{$x,'a,b'}")).toEqual(["$x", "'a,b'"]);
    expect(expandBraces("${x,,}")).toEqual(["${x,,}"]);
  });
});

describe("arrays", () => {
  it("keep sparse indices in order", () => {
    const array = IndexedArray.of(["a", "b"]);
    array.set(10, "z");
    array.set(5, "m");
    expect(array.keys()).toEqual([0, 1, 5, 10]);
    expect(array.values()).toEqual(["a", "b", "m", "z"]);
    expect(array.get(-1)).toBe("z");
    array.delete(10);
    expect(array.maxIndex).toBe(5);
    expect(array.set(-9, "x")).toBe(false);
  });

  it("list associative keys as bash's table does", () => {
    const array = new AssociativeArray();
    for (const key of ["foo", "bar", "x1", "x2", "hello world"]) array.set(key, key);
    expect(array.keys()).toEqual(["x1", "x2", "hello world", "foo", "bar"]);
  });
});

describe("read", () => {
  it("splits a line", () => {
    expect(splitFields("a:b:c", ":", 2, true)).toEqual(["a", "b:c"]);
    expect(splitFields("a:b:", ":", 2, true)).toEqual(["a", "b"]);
    expect(splitFields("a::b", ":", 3, true)).toEqual(["a", "", "b"]);
    expect(splitFields("  a  b  ", " \t\n", -1, true)).toEqual(["a", "b"]);
    expect(splitFields("a\\ b c", " ", 2, false)).toEqual(["a b", "c"]);
  });
});

describe("positions", () => {
  it("survive substitutions, here-documents and braces", () => {
    const { errors } = compileScript("a\nb $(c\nd $(\nfor x in)\n)\n");
    expect(errors[0]).toMatchObject({ line: 4 });
    const { script } = compileScript("x=1\n\necho $(\n  foo\n)\n");
    const command = script.statements[1]?.command;
    expect(command).toMatchObject({ line: 3, column: 1 });
  });

  it("tell statements of one line from others", () => {
    const { script } = compileScript("a; b\nc\nif x; then\ny; fi; d\n");
    expect(script.statements.map((statement) => statement.unit)).toEqual([0, 0, 1, 2, 2]);
  });
});
