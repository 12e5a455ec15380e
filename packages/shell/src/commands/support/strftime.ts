/** Dates in UTC, as date(1) and strftime(3) print them in the C locale. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** A moment split into its calendar fields. */
interface Moment {
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly ns: number;
  readonly year: number;
  /** 0..11 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0..365 */
  readonly yearDay: number;
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; `month` 1..12. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function momentOf(seconds: number, ns: number): Moment {
  const days = Math.floor(seconds / 86_400);
  const inDay = seconds - days * 86_400;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    seconds,
    ns,
    year,
    month: month - 1,
    day,
    hour: Math.floor(inDay / 3600),
    minute: Math.floor(inDay / 60) % 60,
    second: inDay % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysFromCivil(year, 1, 1),
  };
}

/** Expands `%` sequences; one it does not know stays as it is. */
export function formatDate(format: string, moment: Moment): string {
  return format.replace(
    /%([-_0^#]*)(\d*)(:{0,3}[a-zA-Z%+])/g,
    (whole, flags: string, width: string, letter: string) => {
      if (letter === "N" && width !== "" && !flags.includes("-")) {
        const digits = String(moment.ns).padStart(9, "0");
        return digits.slice(0, Number(width)).padEnd(Number(width), "0");
      }
      const field = dateField(letter, moment, flags);
      if (field === undefined) return whole;
      return layout(field, flags, width);
    },
  );
}

interface DateField {
  readonly text: string;
  /** Digits a number is padded to; 0 for text. */
  readonly digits: number;
  readonly pad: string;
}

function layout(field: DateField, flags: string, width: string): string {
  let text = field.text;
  if (flags.includes("^")) text = text.toUpperCase();
  if (flags.includes("#")) text = text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
  let pad = field.pad;
  for (const flag of flags) if (flag === "-" || flag === "_" || flag === "0") pad = flag === "_" ? " " : flag;
  if (pad === "-") return text;
  return text.padStart(width === "" ? field.digits : Number(width), pad);
}

function number(value: number, digits: number, pad = "0"): DateField {
  return { text: String(value), digits, pad };
}

function text(value: string): DateField {
  return { text: value, digits: 0, pad: " " };
}

function dateField(letter: string, m: Moment, flags: string): DateField | undefined {
  switch (letter) {
    case "Y":
      return number(m.year, 4);
    case "C":
      return number(Math.floor(m.year / 100), 2);
    case "y":
      return number(m.year % 100, 2);
    case "m":
      return number(m.month + 1, 2);
    case "d":
      return number(m.day, 2);
    case "e":
      return number(m.day, 2, " ");
    case "H":
      return number(m.hour, 2);
    case "k":
      return number(m.hour, 2, " ");
    case "I":
      return number(m.hour % 12 || 12, 2);
    case "l":
      return number(m.hour % 12 || 12, 2, " ");
    case "M":
      return number(m.minute, 2);
    case "S":
      return number(m.second, 2);
    case "j":
      return number(m.yearDay + 1, 3);
    case "s":
      return number(m.seconds, 1);
    case "N":
      return nanoseconds(m, flags);
    case "u":
      return number(m.weekday || 7, 1);
    case "w":
      return number(m.weekday, 1);
    case "q":
      return number(Math.floor(m.month / 3) + 1, 1);
    case "U":
      return number(Math.floor((m.yearDay + 7 - m.weekday) / 7), 2);
    case "W":
      return number(Math.floor((m.yearDay + 7 - ((m.weekday + 6) % 7)) / 7), 2);
    case "V":
      return number(isoWeek(m).week, 2);
    case "G":
      return number(isoWeek(m).year, 4);
    case "g":
      return number(isoWeek(m).year % 100, 2);
    default:
      return textField(letter, m);
  }
}

function textField(letter: string, m: Moment): DateField | undefined {
  switch (letter) {
    case "a":
      return text((DAYS[m.weekday] ?? "").slice(0, 3));
    case "A":
      return text(DAYS[m.weekday] ?? "");
    case "b":
    case "h":
      return text((MONTHS[m.month] ?? "").slice(0, 3));
    case "B":
      return text(MONTHS[m.month] ?? "");
    case "p":
      return text(m.hour < 12 ? "AM" : "PM");
    case "P":
      return text(m.hour < 12 ? "am" : "pm");
    case "z":
      return text("+0000");
    case ":z":
      return text("+00:00");
    case "::z":
      return text("+00:00:00");
    case ":::z":
      return text("+00");
    case "Z":
      return text("UTC");
    case "n":
      return text("\n");
    case "t":
      return text("\t");
    case "%":
      return text("%");
    default: {
      const composed = COMPOSED.get(letter);
      return composed === undefined ? undefined : text(formatDate(composed, m));
    }
  }
}

const COMPOSED: ReadonlyMap<string, string> = new Map([
  ["c", "%a %b %e %H:%M:%S %Y"],
  ["D", "%m/%d/%y"],
  ["F", "%Y-%m-%d"],
  ["r", "%I:%M:%S %p"],
  ["R", "%H:%M"],
  ["T", "%H:%M:%S"],
  ["X", "%H:%M:%S"],
  ["x", "%m/%d/%y"],
]);

/** `%N`: nine digits; `%-N` drops the zeros at the end. `%3N` is handled by the caller. */
function nanoseconds(m: Moment, flags: string): DateField {
  const digits = String(m.ns).padStart(9, "0");
  return { text: flags.includes("-") ? digits.replace(/0+$/, "") || "0" : digits, digits: 9, pad: "0" };
}

function isoWeek(m: Moment): { year: number; week: number } {
  const thursday = m.yearDay - ((m.weekday + 6) % 7) + 3;
  const daysInYear = daysFromCivil(m.year + 1, 1, 1) - daysFromCivil(m.year, 1, 1);
  if (thursday < 0) {
    const before = daysFromCivil(m.year, 1, 1) - daysFromCivil(m.year - 1, 1, 1);
    return { year: m.year - 1, week: Math.floor((thursday + before) / 7) + 1 };
  }
  if (thursday >= daysInYear) return { year: m.year + 1, week: 1 };
  return { year: m.year, week: Math.floor(thursday / 7) + 1 };
}
