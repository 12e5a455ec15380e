/**
 * Names of the bits of a field, from the print format of its event:
 *
 *   (REC->gfp_flags) ? __print_flags(REC->gfp_flags, "|", {( unsigned long)((1UL << 6) | 128), "GFP_KERNEL"}, …) : "none"
 *
 * The masks are constant expressions of C: numbers, casts, parentheses, `~ + - << >> & ^ |`.
 */

interface FlagName {
  readonly mask: bigint;
  readonly name: string;
}

/** How the values of one field are written. */
export interface FlagNames {
  /** In the order in which they are tried. */
  readonly names: readonly FlagName[];
  /** What 0 is written as. */
  readonly zero: string;
}

const MASK_64 = 0xffff_ffff_ffff_ffffn;
const TOKEN = /\s*(0[xX][0-9a-fA-F]+|\d+|<<|>>|[()~|&^+-]|[A-Za-z_]\w*(?:\s+[A-Za-z_]\w*)*)/y;
/** Parentheses within each other; kernels have about ten. */
const MAX_DEPTH = 100;
const MAX_DIGITS = 20;
/** Binary operators, the loosest first. */
const PRECEDENCE: readonly (readonly string[])[] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"]];

/** Names of the bits of `field`; undefined when the print format has none that can be read. */
export function parseFlagNames(printFormat: string, field: string): FlagNames | undefined {
  const start = printFormat.indexOf(`__print_flags(REC->${field},`);
  if (start < 0) return undefined;
  const names: FlagName[] = [];
  const rest = printFormat.slice(start);
  for (const [, expression, name] of rest.matchAll(/\{((?:[^{}"])*),\s*"([^"]*)"\s*\}/g)) {
    const mask = new ConstantExpression(expression ?? "").value();
    if (mask === undefined) return undefined;
    names.push({ mask, name: name ?? "" });
  }
  return names.length === 0 ? undefined : { names, zero: /\}\s*\)\s*:\s*"([^"]*)"/.exec(rest)?.[1] ?? "" };
}

/** `value` as the kernel writes it: names of sets of bits that are all there, then the bits left over. */
export function flagText(value: bigint, { names, zero }: FlagNames): string {
  if (value === 0n) return zero;
  const words: string[] = [];
  let left = value;
  for (const { mask, name } of names) {
    if (mask === 0n || (left & mask) !== mask) continue;
    words.push(name);
    left &= ~mask;
  }
  if (left !== 0n) words.push(`0x${left.toString(16)}`);
  return words.join("|");
}

/** A constant expression of C, of 64 bits without sign. */
class ConstantExpression {
  private readonly tokens: string[] = [];
  private next = 0;
  private depth = 0;
  private readable = true;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    // Suffixes of numbers say nothing here.
    const plain = text.replace(/\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b/g, "$1").trim();
    while (TOKEN.lastIndex < plain.length) {
      const token = TOKEN.exec(plain)?.[1];
      if (token === undefined) {
        this.readable = false;
        return;
      }
      this.tokens.push(token);
    }
  }

  /** undefined for what is no such expression. */
  value(): bigint | undefined {
    if (!this.readable) return undefined;
    const value = this.binary(0);
    return this.readable && this.next === this.tokens.length ? value & MASK_64 : undefined;
  }

  private binary(level: number): bigint {
    if (this.depth > MAX_DEPTH) this.readable = false;
    if (!this.readable) return 0n;
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.unary();
    let value = this.binary(level + 1);
    for (;;) {
      const operator = this.tokens[this.next];
      if (operator === undefined || !operators.includes(operator)) return value;
      this.next++;
      value = applied(operator, value, this.binary(level + 1)) & MASK_64;
    }
  }

  private unary(): bigint {
    let token = this.tokens[this.next++];
    const signs: string[] = [];
    for (; token === "~" || token === "-"; token = this.tokens[this.next++]) signs.push(token);
    let value = this.primary(token);
    for (const sign of signs.reverse()) value = (sign === "~" ? ~value : -value) & MASK_64;
    return value;
  }

  private primary(token: string | undefined): bigint {
    if (token === "(") return this.parenthesis();
    if (token !== undefined && /^\d/.test(token) && token.length <= MAX_DIGITS) return BigInt(token);
    this.readable = false;
    return 0n;
  }

  private castOperand(): bigint {
    if (this.depth > MAX_DEPTH) this.readable = false;
    return this.readable ? this.unary() : 0n;
  }

  /** Behind "(": a cast, or an expression. */
  private parenthesis(): bigint {
    const isCast = /^[A-Za-z_]/.test(this.tokens[this.next] ?? "") && this.tokens[this.next + 1] === ")";
    this.depth++;
    if (isCast) this.next += 2;
    const value = isCast ? this.castOperand() : this.binary(0);
    this.depth--;
    if (!isCast && this.tokens[this.next++] !== ")") this.readable = false;
    return value;
  }
}

function applied(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&":
      return left & right;
    case "<<":
      return left << (right & 63n);
    case ">>":
      return left >> (right & 63n);
    case "+":
      return left + right;
    default:
      return left - right;
  }
}
