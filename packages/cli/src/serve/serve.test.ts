/** `ebb serve` as a user starts and ends it. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EbbReader } from "@ebb/formats";
import { importTrace } from "@ebb/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BundledEbb, printedProblem } from "../testing/bundled-ebb.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const TRACE = join(ROOT, "fixtures/replay/6.1-slub-vanilla-32cpu-seed000.trace.ebb");

const ebb = new BundledEbb();
const web = join(dirname(ebb.program), "web");
beforeAll(() => {
  mkdirSync(join(web, "assets"), { recursive: true });
  writeFileSync(join(web, "index.html"), "<title>page</title>");
  writeFileSync(join(web, "assets", "main.js"), "1;");
});
afterAll(() => ebb.remove());

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
});

/** Starts a server; answers when it has printed its address. */
function serve(...args: readonly string[]): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [ebb.program, "serve", "--no-open", ...args], {
    cwd: ebb.folder,
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.endsWith("\n")) resolve({ url: out.trim(), child });
    });
    child.once("exit", (status) => reject(new Error(`ended with ${status}`)));
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string | null> {
  return new Promise((resolve) => {
    child.removeAllListeners("exit").once("exit", (status, by) => resolve(status ?? by));
    child.kill(signal);
  });
}

async function givenTo(url: string): Promise<unknown> {
  const response = await fetch(new URL("given.json", url));
  return response.json();
}

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it cleanly, also with a page open", async (signal) => {
  const { url, child } = await serve();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\?given$/);
  expect(await (await fetch(url)).text()).toBe("<title>page</title>");
  expect(await ended(child, signal)).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

describe("what it was given", () => {
  test("nothing", async () => {
    const { url } = await serve();
    expect(await givenTo(url)).toEqual({
      format: "ebb-given/1",
      machine: { kernel: "5.12", policies: [], settings: [], env: [] },
    });
  });

  test("a script and its machine, as text", async () => {
    const name = ebb.file("größe.sh", "echo größe\n");
    const { url } = await serve(name, "--policy", "vanilla,v3", "--cpus", "4", "--set", "kinds=2", "--env", "A=ö");
    expect(await givenTo(url)).toEqual({
      format: "ebb-given/1",
      script: { name, text: "echo größe\n" },
      machine: { kernel: "5.12", policies: ["vanilla", "v3"], cpus: "4", settings: ["kinds=2"], env: ["A=ö"] },
    });
  });

  test("the kernel of a profile file, as its text", async () => {
    const text = '{ "format": "ebb-profile/1", "base": "6.1", "name": "mine", "nrCpus": 3 }';
    const { url } = await serve("--kernel", ebb.file("mine.json", text));
    expect(await givenTo(url)).toMatchObject({ machine: { kernel: text } });
  });

  test("a recording, as one event file with the same events", async () => {
    const { url } = await serve(TRACE);
    const given = await givenTo(url);
    expect(given).toMatchObject({ recording: { name: "6.1-slub-vanilla-32cpu-seed000.trace.ebb", file: "given.ebb" } });
    const bytes = new Uint8Array(await (await fetch(new URL("given.ebb", url))).arrayBuffer());
    const read = (content: Uint8Array) => importTrace((sink) => new EbbReader("given.ebb", sink), content);
    expect(read(bytes).events).toEqual(read(readFileSync(TRACE)).events);
  });

  test("no other file can be had by its name", async () => {
    const name = ebb.file("secret.sh", "echo\n");
    const { url } = await serve(name);
    expect((await fetch(new URL(name, url))).status).toBe(404);
    expect((await fetch(new URL("../ebb.mjs", url))).status).toBe(403);
  });
});

describe("called wrongly: exit 2, nothing served", () => {
  const check = (args: readonly string[], expected: string) =>
    expect(ebb.run(["serve", "--no-open", ...args])).toEqual({ status: 2, stdout: "", stderr: expected });

  test("no such file", () => {
    const expected = "a text file, plain or gzip, or - for standard input";
    check(
      ["none.sh"],
      printedProblem(
        "none.sh: error: no such file",
        expected,
        "nothing under that name",
        "check the name and the file",
      ),
    );
  });

  test("a file that is neither", () => {
    const name = ebb.file(
      "noise.bin",
      Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256),
    );
    const { status, stdout, stderr } = ebb.run(["serve", "--no-open", name]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("noise.bin: error: no percpu events in it\n  expected  a bash script, or a recording");
  });

  test("more policies than two", () => {
    check(
      ["--policy", "a,b,c"],
      printedProblem(
        "--policy a,b,c: error: the page shows two policies",
        "one or two, as in --policy vanilla,upstream",
        "a,b,c",
        "name two; `ebb compare` takes more",
      ),
    );
  });

  test.each([
    ["--policy", "vanilla,xyzzy"],
    ["--kernel", "2.4"],
    ["--cpus", "0"],
    ["--env", "1=2"],
    ["--set", "x"],
  ])("%s %s", (flag, value) => {
    const { status, stdout, stderr } = ebb.run(["serve", "--no-open", flag, value]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/: error: .*\n {2}expected {2}.*\n/);
  });

  test("a port that somebody has", async () => {
    const { url } = await serve();
    const { port } = new URL(url);
    const { status, stderr } = ebb.run(["serve", "--no-open", "--port", port]);
    expect(status).toBe(2);
    expect(stderr).toContain(`--port ${port}: error: the port cannot be had\n`);
  });

  test("before the page was built", () => {
    const other = new BundledEbb();
    const { status, stderr } = other.run(["serve", "--no-open"]);
    other.remove();
    expect(status).toBe(2);
    expect(stderr).toContain("error: the page has not been built\n");
    expect(stderr).toContain("  to do     run `npm run build:web`\n");
  });
});

test("is reached by the token alone", async () => {
  const { url } = await serve();
  const { origin } = new URL(url);
  expect((await fetch(origin)).status).toBe(403);
  expect((await fetch(`${origin}/index.html`)).status).toBe(403);
  rmSync(join(web, "assets", "main.js"));
  // Read when it started.
  expect((await fetch(new URL("assets/main.js", url))).status).toBe(200);
});
