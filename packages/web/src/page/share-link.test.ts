import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fragmentOf, readFragment, type Shared } from "./share-link.ts";

const SHARED: Shared = {
  settings: {
    scriptName: "my.sh",
    script: "echo größer €\n",
    kernel: "5.12",
    policies: ["vanilla", "upstream"],
    cpus: "4",
    nodes: "",
    set: "kinds=2",
    env: "KEEP=100",
  },
  positions: [12, 15],
  lens: "owner",
};

describe("links", () => {
  test("hold everything, in letters of an address", async () => {
    const fragment = await fragmentOf(SHARED);
    expect(fragment).toMatch(/^#1\.[A-Za-z0-9_-]+$/);
    expect(await readFragment(fragment)).toEqual(SHARED);
  });

  test("any script comes back as it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (script) => {
        const shared = { ...SHARED, settings: { ...SHARED.settings, script } };
        expect(await readFragment(await fragmentOf(shared))).toEqual(shared);
      }),
      { numRuns: 50 },
    );
  });

  test("no fragment is no link", async () => {
    expect(await readFragment("")).toBeUndefined();
    expect(await readFragment("#")).toBeUndefined();
  });

  test.each(["#x", "#1.", "#1.!!!", "#2.abc", "#1.abc", "#1.S0wEAA"])("%s is told as a problem", async (fragment) => {
    expect(await readFragment(fragment)).toMatchObject({ severity: "error", file: "link", toDo: expect.any(String) });
  });

  test("any letters: a problem, never a throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const read = await readFragment(`#1.${text}`);
        expect(read === undefined || "severity" in read).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("a link that unpacks to more than any script is refused", async () => {
    const shared = { ...SHARED, settings: { ...SHARED.settings, script: "x".repeat(5_000_000) } };
    expect(await readFragment(await fragmentOf(shared))).toMatchObject({ severity: "error" });
  });
});
