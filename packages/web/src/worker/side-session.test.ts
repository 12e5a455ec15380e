/** What a side's worker answers: all of it plain data, as a worker must send it. */

import { experimentFolder, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { PROTOCOL_VERSION, type RunRequest, type SideAnswer } from "../protocol.ts";
import { SideSession } from "./side-session.ts";

const version = PROTOCOL_VERSION;
const HOLLOW = readFixture(experimentFolder(), "hollow-chunks.sh") ?? "";

/** A session, and what it has answered so far, as the page gets it. */
function begin(): { readonly session: SideSession; readonly answers: SideAnswer[] } {
  const answers: SideAnswer[] = [];
  return { session: new SideSession((answer) => answers.push(structuredClone(answer))), answers };
}

function script(source: string, part: Partial<RunRequest> = {}): RunRequest {
  const machine = { kernel: "5.12", policy: "vanilla", cpus: "4", nodes: undefined, settings: [] };
  return { version, kind: "run", machine, scriptName: "a.sh", source, env: [], ...part };
}

/** The only answer of its kind. */
function only<K extends SideAnswer["kind"]>(answers: readonly SideAnswer[], kind: K) {
  const found = answers.filter((answer): answer is Extract<SideAnswer, { readonly kind: K }> => answer.kind === kind);
  expect(found.length).toBe(1);
  return found[0];
}

describe("a script", () => {
  test("its readings as they come, then what came of it, then its length", () => {
    const { session, answers } = begin();
    session.take(script('grep Percpu /proc/meminfo; mkdir "/sys/fs/cgroup/$NAME"\n', { env: ["NAME=a"] }));
    expect(answers.map(({ kind }) => kind).filter((kind) => kind !== "progress")).toEqual(["reading", "ran", "opened"]);
    const ran = only(answers, "ran");
    expect(ran).toMatchObject({ complaints: "", run: { status: 0, scriptName: "a.sh" } });
    expect(ran?.run.readings).toEqual([only(answers, "reading")?.reading]);
    expect(only(answers, "opened")?.timeline).toMatchObject({ policy: "vanilla", nrEvents: expect.any(Number) });
  });

  test("any instant, by position or time, and the areas of a chunk there", () => {
    const { session, answers } = begin();
    session.take(script(HOLLOW));
    const nrEvents = only(answers, "opened")?.timeline.nrEvents ?? 0;
    session.take({ version, kind: "view", id: 1, at: { position: nrEvents } });
    session.take({ version, kind: "view", id: 2, at: { timeNs: 0 } });
    session.take({ version, kind: "view", id: 3, at: { position: nrEvents } });
    const views = answers.filter((answer) => answer.kind === "view");
    expect(views.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(views[2]?.view).toEqual(views[0]?.view);
    expect(views[1]?.view.hash).not.toBe(views[0]?.view.hash);
    const chunks = views[0]?.view.chunks;
    // Asked for another instant than was viewed last: the answer is of the one that is named.
    session.take({ version, kind: "view", id: 4, at: { position: 0 } });
    session.take({ version, kind: "areas", id: 5, position: nrEvents, chunkRow: chunks?.row[2] ?? -1 });
    const areas = only(answers, "areas");
    expect(areas).toMatchObject({ id: 5, position: nrEvents });
    const used = chunks?.usedBytes.subarray(2 * chunks.pagesPerRow, 3 * chunks.pagesPerRow) ?? [];
    const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
    expect(sum(areas?.areas.sizeBytes ?? [])).toBe(sum(used));
  });

  test("what it complains about and what ebb does not have", () => {
    const { session, answers } = begin();
    session.take(script("echo no >&2; frobnicate || true\n"));
    const complaints = only(answers, "ran")?.complaints ?? "";
    expect(complaints).toContain("no\n");
    expect(complaints).toContain("a.sh:1:14: error: ");
  });
});

describe("what cannot run is told, and nothing else comes", () => {
  const check = (request: RunRequest, file: RegExp) => {
    const { session, answers } = begin();
    session.take(request);
    expect(answers.map(({ kind }) => kind)).toEqual(["problems"]);
    const told = only(answers, "problems");
    expect(told).toMatchObject({ isEnd: true, nrMore: 0, problems: [{ severity: "error" }] });
    expect(told?.problems[0]?.file).toMatch(file);
    session.take({ version, kind: "view", id: 1, at: { position: 0 } });
    expect(answers.length).toBe(1);
  };
  const machine = script("").machine;

  test("a syntax error", () => check(script("echo\nif\n"), /^a\.sh:\d+:\d+$/));
  test("a kernel that there is not", () => check(script("", { machine: { ...machine, kernel: "2.4" } }), /^--kernel/));
  test("a damaged kernel profile", () =>
    check(script("", { machine: { ...machine, kernel: "{" } }), /^kernel profile/));
  test("a policy that there is not", () => check(script("", { machine: { ...machine, policy: "x" } }), /^--policy/));
  test("a setting that there is not", () => check(script("", { machine: { ...machine, settings: ["x"] } }), /^--set/));
  test("what is no variable", () => check(script("", { env: ["1=2"] }), /^--env/));
});
