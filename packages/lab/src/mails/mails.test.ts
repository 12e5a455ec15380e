/** The mails' experiments as they are run again; that the figures are those of the README is readme.test.ts's. */

import { experimentFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { MAILS } from "./mails.ts";
import { mailsJson, printMails } from "./print-mails.ts";
import { mailsNamed, runMails } from "./run-mails.ts";

const EXPERIMENTS = new Map(MAILS.map(({ script }) => [script, readFixture(experimentFolder(), script) ?? ""]));

/** A script that prints one reading. */
const READING = "grep ^Percpu: /proc/meminfo\n";

/** Every experiment is this script. */
const all = (source: string) => new Map(MAILS.map(({ script }) => [script, source]));

function run(names: readonly string[], scripts: ReadonlyMap<string, string>, onProgress = (_what: string) => {}) {
  const mails = mailsNamed(names);
  if ("severity" in mails) throw new Error(mails.message);
  return runMails(mails, { scripts, onProgress });
}

function results(names: readonly string[], scripts: ReadonlyMap<string, string>, onProgress?: (what: string) => void) {
  const found = run(names, scripts, onProgress);
  if ("severity" in found) throw new Error(found.message);
  return found;
}

test("each mail's script is one of our experiments", () => {
  expect(MAILS.map(({ name }) => name)).toEqual(["000", "001", "002", "003", "004"]);
  for (const source of EXPERIMENTS.values()) expect(source).toMatch(/^#!\/bin\/bash\n/);
});

test("mail 003: all memcgs without it, none with it, half as merged", () => {
  const [mail] = results(["003"], EXPERIMENTS);
  expect([mail?.before.value, mail?.withMail.value, mail?.merged?.value, mail?.unsound]).toEqual([100, 0, 50, []]);
});

test("a script that two mails share runs once under each policy", () => {
  const ran: string[] = [];
  const found = results(["002", "000"], all(READING), (what) => ran.push(what));
  expect(ran).toEqual(["mail 000, vanilla", "mail 000, rfc", "mail 000, upstream", "mail 002, v3"]);
  expect(found.map(({ mail }) => mail.name)).toEqual(["000", "002"]);
  expect(found[0]?.before.value).toBe(found[1]?.before.value);
});

test("the table and the document say the same", () => {
  const found = results(["001"], all(READING));
  const text = printMails(found);
  expect(text).toContain("001  early release of a dying memcg's percpu data (2019)\n");
  expect(text).toContain(
    "001  ebb compare experiments/dying-memcg.sh --kernel 5.0 --policy vanilla,early-release  (32 CPUs, 1 node)\n",
  );
  const value = found[0]?.before.value ?? 0;
  expect(value).toBeGreaterThan(1000);
  expect(text).toMatch(new RegExp(`dying cgroups +${value} +${value} +- +64128 +26880\n`));
  expect(JSON.parse(mailsJson(found))).toMatchObject({
    format: "ebb-mails/1",
    mails: [{ mail: "001", before: { policy: "vanilla", value, published: 64_128 }, merged: null, unsound: [] }],
  });
});

test("a script that fails is told with its policies", () => {
  expect(results(["001"], all(`${READING}exit 3`))[0]?.unsound).toEqual(["vanilla", "early-release"]);
});

test("a mail that there is not, and a script that is none", () => {
  expect(mailsNamed(["003", "5"])).toMatchObject({ message: "no such mail", found: "5" });
  expect(run(["000"], all("if"))).toMatchObject({
    severity: "error",
    toDo: expect.stringContaining("correct the script"),
  });
  expect(() => run(["000"], new Map())).toThrow("there is no experiment percpu-churn.sh");
});
