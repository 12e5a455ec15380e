import { describe, expect, it } from "vitest";
import { expandEscapes, formatPrintf } from "./printf-format.ts";

function check(format: string, args: readonly string[], output: string): void {
  expect(formatPrintf(format, args)).toEqual({ output, status: 0, errors: [], stop: false });
}

describe("formatPrintf", () => {
  it("uses the format again while arguments remain", () => {
    check("%s-%s\n", ["a", "b", "c"], "a-b\nc-\n");
    check("x\n", ["a", "b"], "x\n");
    check("%s\n", [], "\n");
  });

  it("converts integers as intmax_t", () => {
    check("%d %i %u %o %x %X", ["42", "-7", "7", "8", "255", "255"], "42 -7 7 10 ff FF");
    check("%#x %#o %+d % d", ["255", "8", "3", "3"], "0xff 010 +3  3");
    check("%u", ["-1"], "18446744073709551615");
    check("%d %d %d", ["0x1F", "017", "'A"], "31 15 65");
    check("%5d|%-5d|%05d|%.3d", ["1", "2", "3", "4"], "    1|2    |00003|004");
    check("%*d|%-*d|%.*f", ["4", "1", "4", "2", "1", "2.55"], "   1|2   |2.5");
  });

  it("converts floating values as long double", () => {
    check("%.2f %.0f %.3g %e %G", ["2.675", "2.5", "1234.5", "1e10", "1e-10"], "2.67 2 1.23e+03 1.000000e+10 1E-10");
    check("%.20f", ["0.1"], "0.10000000000000000000");
    check("%f %f %F", ["inf", "-inf", "nan"], "inf -inf NAN");
    check("%g %g %g", ["100000", "1000000", "0.0001"], "100000 1e+06 0.0001");
  });

  it("quotes for the shell", () => {
    check("%q %q %q %q", ["a b", "", "a\nb", "x~"], "a\\ b '' $'a\\nb' x~");
    check("%5s|%-5s|%.2s|%c", ["a", "b", "cde", "fg"], "    a|b    |cd|f");
  });

  it("reports what is no number and goes on", () => {
    expect(formatPrintf("%d\n", ["abc"])).toEqual({
      output: "0\n",
      status: 1,
      errors: ["abc: invalid number"],
      stop: false,
    });
    expect(formatPrintf("%d", ["12x"]).output).toBe("12");
    expect(formatPrintf("%d", ["0x1g"]).errors).toEqual(["0x1g: invalid hex number"]);
    expect(formatPrintf("%d", ["09"]).errors).toEqual(["09: invalid octal number"]);
    const large = formatPrintf("%d", ["99999999999999999999"]);
    expect(large.output).toBe("9223372036854775807");
    expect(large.errors).toEqual(["warning: 99999999999999999999: Numerical result out of range"]);
  });

  it("stops at what is no format", () => {
    expect(formatPrintf("a%y", ["1"])).toEqual({
      output: "a",
      status: 1,
      errors: ["`y': invalid format character"],
      stop: false,
    });
    expect(formatPrintf("a%", []).errors).toEqual(["`%': missing format character"]);
    expect(formatPrintf("a%5", []).errors).toEqual(["`%5': missing format character"]);
  });

  it("expands escapes, in %b with \\c and \\0nnn", () => {
    check("\\t\\x41\\101\\\\ \\q \\'", [], "\tAA\\ \\q '");
    check("%b", ["a\\tb\\0101\\n"], "a\tbA\n");
    expect(formatPrintf("%b%s", ["a\\cb", "c"])).toEqual({ output: "a", status: 0, errors: [], stop: true });
    expect(expandEscapes("x\\cy")).toEqual({ text: "x", stop: true });
  });
});
