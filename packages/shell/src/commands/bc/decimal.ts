/** Numbers of bc: an integer and a scale, `value / 10^scale`, with bc's rules for the scale of each result. */

export interface Decimal {
  readonly value: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { value: 0n, scale: 0 };
export const ONE: Decimal = { value: 1n, scale: 0 };

function power10(n: number): bigint {
  return 10n ** BigInt(n);
}

/** The same number with another scale, digits cut off. */
export function rescale(a: Decimal, scale: number): Decimal {
  if (scale === a.scale) return a;
  const value = scale > a.scale ? a.value * power10(scale - a.scale) : a.value / power10(a.scale - scale);
  return { value, scale };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { value: rescale(a, scale).value + rescale(b, scale).value, scale };
}

export function negate(a: Decimal): Decimal {
  return { value: -a.value, scale: a.scale };
}

export function multiply(a: Decimal, b: Decimal, scale: number): Decimal {
  const full: Decimal = { value: a.value * b.value, scale: a.scale + b.scale };
  return rescale(full, Math.min(full.scale, Math.max(scale, a.scale, b.scale)));
}

/** @pre b is not zero */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  const numerator = shift >= 0 ? a.value * power10(shift) : a.value;
  const denominator = shift >= 0 ? b.value : b.value * power10(-shift);
  return { value: numerator / denominator, scale };
}

/** a - (a / b) * b, the quotient taken to `scale`. @pre b is not zero */
export function remainder(a: Decimal, b: Decimal, scale: number): Decimal {
  const quotient = divide(a, b, scale);
  const product: Decimal = { value: quotient.value * b.value, scale: quotient.scale + b.scale };
  return rescale(add(a, negate(product)), Math.max(scale + b.scale, a.scale));
}

/** The exponent's fraction is dropped. @pre a is not zero when the exponent is negative */
export function raise(a: Decimal, exponent: Decimal, scale: number): Decimal {
  const n = Number(rescale(exponent, 0).value);
  if (n < 0) {
    const positive: Decimal = { value: a.value ** BigInt(-n), scale: a.scale * -n };
    return divide(ONE, positive, scale);
  }
  const full: Decimal = { value: a.value ** BigInt(n), scale: a.scale * n };
  return rescale(full, Math.min(full.scale, Math.max(scale, a.scale)));
}

/** @pre a is not negative */
export function squareRoot(a: Decimal, scale: number): Decimal {
  const wanted = Math.max(scale, a.scale);
  const { value } = rescale(a, wanted * 2);
  if (value === 0n) return { value: 0n, scale: wanted };
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return { value: root, scale: wanted };
    root = next;
  }
}

export function compare(a: Decimal, b: Decimal): number {
  const difference = add(a, negate(b)).value;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Digits as written, in base `ibase`. */
export function parseDecimal(text: string, ibase: number): Decimal {
  const [whole = "", fraction = ""] = text.split(".");
  if (ibase === 10) return { value: BigInt(`0${whole}${fraction}`), scale: fraction.length };
  const single = whole.length + fraction.length === 1;
  const digit = (c: string): number => {
    const value = c <= "9" ? Number(c) : c.charCodeAt(0) - 55;
    return single ? value : Math.min(value, ibase - 1);
  };
  let value = 0n;
  for (const c of whole + fraction) value = value * BigInt(ibase) + BigInt(digit(c));
  if (fraction === "") return { value, scale: 0 };
  return divide({ value, scale: 0 }, { value: BigInt(ibase) ** BigInt(fraction.length), scale: 0 }, fraction.length);
}

/** As bc prints it: no zero before the point. */
export function decimalText(a: Decimal, obase: number): string {
  if (a.value === 0n) return "0";
  const sign = a.value < 0n ? "-" : "";
  const magnitude = a.value < 0n ? -a.value : a.value;
  if (obase !== 10) return sign + otherBase(magnitude, a.scale, obase);
  const digits = magnitude.toString().padStart(a.scale, "0");
  const whole = digits.slice(0, digits.length - a.scale);
  return a.scale === 0 ? sign + digits : `${sign}${whole}.${digits.slice(digits.length - a.scale)}`;
}

/** Above base 16 a digit is a decimal number with a blank before it. */
function otherBase(magnitude: bigint, scale: number, obase: number): string {
  const base = BigInt(obase);
  const width = String(obase - 1).length;
  const digit = (value: bigint): string =>
    obase <= 16 ? value.toString(16).toUpperCase() : ` ${value.toString().padStart(width, "0")}`;
  const unit = power10(scale);
  let whole = magnitude / unit;
  let text = "";
  while (whole > 0n) {
    text = digit(whole % base) + text;
    whole /= base;
  }
  if (scale === 0) return text;
  let fraction = magnitude % unit;
  let reached = 1n;
  text += ".";
  while (reached < unit) {
    fraction *= base;
    text += digit(fraction / unit);
    fraction %= unit;
    reached *= base;
  }
  return text;
}
