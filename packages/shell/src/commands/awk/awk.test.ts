/** What awk does beyond the recorded corpus: gawk's extensions, the clock, pipes that end early, faults. */

import { describe, expect, it } from "vitest";
import { createCommands } from "../index.ts";
import { createMachine } from "../testing/machine.ts";

const COMMANDS = createCommands({ mountFileSystem: () => undefined });

function check(program: string, expected: string, stdin = ""): void {
  const result = createMachine(COMMANDS).run(["awk", program], stdin);
  expect([program, result.stdout, result.stderr]).toEqual([program, expected, ""]);
}

function fails(program: string, stderr: string): void {
  const result = createMachine(COMMANDS).run(["awk", program]);
  expect([program, result.stderr, result.status]).toEqual([program, stderr, 2]);
}

describe("awk", () => {
  it("has gensub, match with an array, strtonum, bits, asort", () => {
    check('BEGIN { print gensub(/(b)(c)/, "<\\\\2\\\\1&>", "g", "abcabc") }', "a<cbbc>a<cbbc>\n");
    check('BEGIN { print gensub(/a/, "x", 2, "aaa") }', "axa\n");
    check('BEGIN { if (match("foo=12", /([a-z]+)=([0-9]+)/, m)) print m[0], m[1], m[2] }', "foo=12 foo 12\n");
    check('BEGIN { print strtonum("0x1A"), strtonum("017"), strtonum("5") }', "26 15 5\n");
    check("BEGIN { print and(12, 10), or(12, 10), xor(12, 10), lshift(1, 4), rshift(16, 2) }", "8 14 6 16 4\n");
    check('BEGIN { a["x"] = 3; a["y"] = 1; n = asort(a, b); print n, b[1], b[2] }', "2 1 3\n");
    check('BEGIN { a["q"]; a["b"]; n = asorti(a); print n, a[1], a[2] }', "2 b q\n");
  });

  it("prints whole numbers whole, however large", () => {
    check(
      'BEGIN { print 2^31, 2^53, 1e15; printf "%d %x\\n", 2^31, 2^32 }',
      "2147483648 9007199254740992 1000000000000000\n2147483648 100000000\n",
    );
    check("BEGIN { print 0.1 + 0.2, 1e300 * 1e10, 2 ** 3 ** 2 }", "0.3 inf 512\n");
  });

  it("tells time by the virtual clock", () => {
    check(
      'BEGIN { print systime(), strftime("%Y-%m-%d", 0), mktime("1970 01 02 00 00 00") }',
      "1700000001 1970-01-01 86400\n",
    );
  });

  it("compares by what looks like a number", () => {
    check("{ print ($1 < $2), ($1 == $2) }", "1 0\n0 1\n1 0\n", "9 10\n1.0 1\nab b\n");
    check('{ $2 = "10.0"; print ($2 == 10), ($1 == 10) }', "0 1\n", "10.0 x\n");
  });

  it("passes arrays by reference through functions that wait", () => {
    check(
      'function fill(a, l) { "echo v" | getline l; a["k"] = l; return l } BEGIN { print fill(x), x["k"] }',
      "v v\n",
    );
    check(
      'function r(n) { if (n == 0) return 0; "echo " n | getline v; return v + r(n - 1) } BEGIN { print r(3) }',
      "6\n",
    );
  });

  it("reads a command only as far as it is asked", () => {
    check('BEGIN { "yes" | getline a; "yes" | getline b; close("yes"); print a b }', "yy\n");
    check('BEGIN { while (("yes" | getline x) > 0) if (++n == 3) break; print n }', "3\n");
  });

  it("writes to a pipe that runs when it is closed", () => {
    check('{ print | "sort" } END { close("sort"); print "end" }', "a\nb\nend\n", "b\na\n");
    check('BEGIN { printf "b\\na\\n" | "sort"; print "first" }', "first\na\nb\n");
  });

  it("ends when nobody reads", () => {
    const machine = createMachine(COMMANDS, { stdoutLimit: 10_000 });
    expect(machine.run(["awk", "BEGIN { while (1) print }"]).status).toBe(141);
    expect(machine.run(["awk", 'function f() { for (;;) print "x" } BEGIN { f() }']).status).toBe(141);
  });

  it("leaves functions by exit and next", () => {
    check("function f() { next } { f(); print } END { print NR }", "2\n", "a\nb\n");
    check('function f() { exit } BEGIN { f(); print "no" } END { print "end" }', "end\n");
  });

  it("seeds its random numbers", () => {
    check("BEGIN { srand(1); a = rand(); srand(1); print (a == rand()), (a < 1), srand() }", "1 1 1\n");
  });

  it("says what is wrong", () => {
    fails("BEGIN { f() }", "awk: line 1: function f never defined\n");
    fails("BEGIN { print ) }", "awk: line 1: syntax error at or near )\n");
    fails('BEGIN { print "abc }', 'awk: line 1: runaway string constant "abc } ...\n');
    fails("BEGIN { a[1] = 1; print a }", "awk: attempt to use array 'a' in a scalar context\n");
    fails("function f(x) { return f(x) } BEGIN { f(1) }", "awk: function call nesting too deep in f\n");
    fails('BEGIN { printf "%d %d", 1 }', 'awk: not enough arguments passed to sprintf("%d %d")\n');
    fails('BEGIN { r = "("; print "a" ~ r }', "awk: regular expression compile failed (Unmatched ( or \\()\n(\n");
  });
});
