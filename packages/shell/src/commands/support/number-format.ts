/**
 * Numbers to text as C's printf writes them, exactly: a floating value is carried as mantissa * 2^exponent and rounded
 * half to even in decimal. Two precisions are wanted: awk computes in double, bash's printf in x87 long double (64 bit
 * mantissa), and the two differ in the last place of `printf %.2f 2.675`.
 */

/** One conversion of a format: `%-08.3f`. */
export interface Conversion {
  readonly left: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  /** -1 when the format names none. */
  readonly precision: number;
  readonly letter: string;
}

/** `mantissa * 2^exponent`; not finite when `special` is "inf" or "nan". */
export interface BinaryFraction {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly special?: "inf" | "nan";
}

const DOUBLE_BITS = new DataView(new ArrayBuffer(8));

/** The exact value of a double. */
function fractionOfDouble(value: number): BinaryFraction {
  const negative = value < 0 || Object.is(value, -0);
  if (Number.isNaN(value)) return { negative: false, mantissa: 0n, exponent: 0, special: "nan" };
  if (!Number.isFinite(value)) return { negative, mantissa: 0n, exponent: 0, special: "inf" };
  DOUBLE_BITS.setFloat64(0, Math.abs(value));
  const bits = DOUBLE_BITS.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  if (biased === 0) return { negative, mantissa: fraction, exponent: -1074 };
  return { negative, mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** The long double nearest to a decimal numeral such as "-12.5e3" (already checked to be one). */
export function longDoubleOfDecimal(numeral: string): BinaryFraction {
  const negative = numeral.startsWith("-");
  const match = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(numeral);
  if (match === null) return { negative, mantissa: 0n, exponent: 0 };
  const whole = match[1] ?? "";
  const decimals = match[2] ?? "";
  const scale = Math.max(-6000, Math.min(6000, Number(match[3] ?? "0"))) - decimals.length;
  let numerator = BigInt(`0${whole}${decimals}`);
  let denominator = 1n;
  if (scale > 0) numerator *= 10n ** BigInt(scale);
  else denominator = 10n ** BigInt(-scale);
  return roundToMantissa(negative, numerator, denominator, 64);
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function roundToMantissa(negative: boolean, numerator: bigint, denominator: bigint, bits: number): BinaryFraction {
  if (numerator === 0n) return { negative, mantissa: 0n, exponent: 0 };
  let exponent = bitLength(numerator) - bitLength(denominator) - bits - 1;
  const top = exponent < 0 ? numerator << BigInt(-exponent) : numerator;
  const bottom = exponent > 0 ? denominator << BigInt(exponent) : denominator;
  let mantissa = top / bottom;
  let inexact = top % bottom !== 0n;
  while (bitLength(mantissa) > bits + 1) {
    inexact ||= (mantissa & 1n) === 1n;
    mantissa >>= 1n;
    exponent++;
  }
  if (bitLength(mantissa) > bits) {
    const half = (mantissa & 1n) === 1n;
    mantissa >>= 1n;
    exponent++;
    if (half && (inexact || (mantissa & 1n) === 1n)) mantissa++;
  }
  return { negative, mantissa, exponent };
}

/** `|value| * 10^places`, rounded half to even to an integer. */
function scaledInteger(value: BinaryFraction, places: number): bigint {
  let numerator = value.mantissa;
  let denominator = 1n;
  if (value.exponent > 0) numerator <<= BigInt(value.exponent);
  else denominator <<= BigInt(-value.exponent);
  if (places > 0) numerator *= 10n ** BigInt(places);
  else denominator *= 10n ** BigInt(-places);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) return quotient + 1n;
  return quotient;
}

function fixedText(value: BinaryFraction, precision: number): string {
  const digits = scaledInteger(value, precision)
    .toString()
    .padStart(precision + 1, "0");
  if (precision === 0) return digits;
  return `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** Significant digits and the decimal exponent of the first of them. */
function scientificDigits(value: BinaryFraction, precision: number): { digits: string; exponent: number } {
  if (value.mantissa === 0n) return { digits: "0".repeat(precision + 1), exponent: 0 };
  let exponent = Math.floor((bitLength(value.mantissa) - 1 + value.exponent) * Math.LOG10E * Math.LN2);
  for (;;) {
    const digits = scaledInteger(value, precision - exponent).toString();
    if (digits.length === precision + 1) return { digits, exponent };
    exponent += digits.length > precision + 1 ? 1 : -1;
  }
}

function scientificText(digits: string, exponent: number, point: boolean): string {
  const magnitude = Math.abs(exponent).toString().padStart(2, "0");
  const mantissa = digits.length > 1 || point ? `${digits[0] ?? ""}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${magnitude}`;
}

function generalText(value: BinaryFraction, precision: number, alternate: boolean): string {
  const significant = precision === 0 ? 1 : precision;
  const { digits, exponent } = scientificDigits(value, significant - 1);
  let text: string;
  if (exponent < -4 || exponent >= significant) {
    const kept = alternate ? digits : digits.replace(/0+$/, "");
    text = scientificText(kept === "" ? "0" : kept, exponent, alternate);
  } else {
    text = fixedText(value, significant - 1 - exponent);
    if (!alternate && text.includes(".")) text = text.replace(/\.?0+$/, "");
  }
  return text;
}

/** Rounding of a double that C and JavaScript do alike: not a tie, so the shorter digits need no big integers. */
function quickFixed(value: number, precision: number): string | undefined {
  const magnitude = Math.abs(value);
  if (!(magnitude < 1e15) || precision > 20) return undefined;
  if (Number.isInteger(magnitude * 2 ** (precision + 1)) && !Number.isInteger(magnitude)) return undefined;
  return magnitude.toFixed(precision);
}

/** Digits of `%e %f %g` without sign, padding or upper case. */
function floatingDigits(value: number | BinaryFraction, spec: Conversion): string {
  const precision = spec.precision < 0 ? 6 : spec.precision;
  const letter = spec.letter.toLowerCase();
  if (typeof value === "number" && letter === "f" && !spec.alternate) {
    const quick = quickFixed(value, precision);
    if (quick !== undefined) return quick;
  }
  const exact = typeof value === "number" ? fractionOfDouble(value) : value;
  if (exact.special !== undefined) return exact.special;
  if (letter === "f") return fixedText(exact, precision) + (spec.alternate && precision === 0 ? "." : "");
  if (letter === "g") return generalText(exact, precision, spec.alternate);
  const { digits, exponent } = scientificDigits(exact, precision);
  return scientificText(digits, exponent, spec.alternate);
}

/** `%e %E %f %F %g %G` of a double, or of a long double. */
export function formatFloating(value: number | BinaryFraction, spec: Conversion): string {
  const negative = typeof value === "number" ? value < 0 || Object.is(value, -0) : value.negative;
  const digits = floatingDigits(value, spec);
  const finite = /^\d/.test(digits);
  const text = spec.letter < "a" ? digits.toUpperCase() : digits;
  const sign = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
  return padNumber(sign, text, spec, spec.zero && finite);
}

/** `%d %i %u %o %x %X` of an integer that already is in range. */
export function formatInteger(value: bigint | number, spec: Conversion): string {
  const negative = value < 0;
  const magnitude = negative ? -value : value;
  let digits: string;
  let prefix = "";
  if (spec.letter === "o") {
    digits = magnitude.toString(8);
    if (spec.alternate && !digits.startsWith("0")) digits = `0${digits}`;
  } else if (spec.letter === "x" || spec.letter === "X") {
    digits = magnitude.toString(16);
    if (spec.alternate && digits !== "0") prefix = "0x";
    if (spec.letter === "X") {
      digits = digits.toUpperCase();
      prefix = prefix.toUpperCase();
    }
  } else {
    digits = magnitude.toString();
    prefix = negative ? "-" : spec.letter === "u" ? "" : spec.plus ? "+" : spec.space ? " " : "";
  }
  if (spec.precision >= 0) digits = digits === "0" && spec.precision === 0 ? "" : digits.padStart(spec.precision, "0");
  return padNumber(prefix, digits, spec, spec.zero && spec.precision < 0);
}

/** `%s %c`: cut to the precision, padded to the width. */
export function formatText(text: string, spec: Conversion): string {
  const cut = spec.precision >= 0 ? text.slice(0, spec.precision) : text;
  return spec.left ? cut.padEnd(spec.width) : cut.padStart(spec.width);
}

function padNumber(prefix: string, digits: string, spec: Conversion, zero: boolean): string {
  if (spec.left) return (prefix + digits).padEnd(spec.width);
  if (zero) return prefix + digits.padStart(spec.width - prefix.length, "0");
  return (prefix + digits).padStart(spec.width);
}
