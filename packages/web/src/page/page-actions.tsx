/** What the page as a whole offers: a file to open, a link to what is shown. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { fromByteString } from "../byte-strings.ts";
import { saveBlob } from "../views/export/export-menu.tsx";
import { addressWith } from "./address.ts";
import { takeFiles } from "./dropped-files.ts";
import { settled, shownPositions } from "./instant.ts";
import { lens } from "./map-choice.ts";
import { fragmentOf } from "./share-link.ts";
import { isReady, settings, sides, subject } from "./store.ts";

export function OpenButton() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="ebb-button"
        title="A script, or a recorded trace: text, trace.dat, perf.data, .ebb; packed too. Files dropped on the page do as well."
        onClick={() => input.current?.click()}
      >
        Open file…
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="open-file"
        onChange={({ currentTarget }) => {
          void takeFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
    </>
  );
}

/** The recording that is shown, as an event file. */
export function SaveRecordingButton() {
  const said = useSignal("");
  const now = subject.value;
  if (now?.kind !== "recording") return undefined;
  return (
    <>
      <button
        type="button"
        class="ebb-button"
        disabled={!isReady.value}
        onClick={async () => {
          const bytes = await sides[0].recording();
          said.value = bytes === undefined ? "The files cannot be read any more." : "";
          if (bytes !== undefined) saveBlob(new Blob([new Uint8Array(bytes)]), eventFileName(fromByteString(now.name)));
        }}
      >
        Save .ebb
      </button>
      <span role="status" class="said">
        {said.value}
      </span>
    </>
  );
}

/** The name of the first file with the ending of an event file. */
function eventFileName(name: string): string {
  const [first = "recording"] = name.split(" ");
  return `${first.replace(/(?:\.(?:gz|zst|txt|dat|data|ebb))+$/, "")}.ebb`;
}

/** A recording does not fit into an address: its file is what is passed on. */
export function ShareButton() {
  const said = useSignal("");
  const isRecording = subject.value?.kind === "recording";
  return (
    <>
      <button
        type="button"
        class="ebb-button"
        disabled={isRecording}
        title={
          isRecording ? "A recording does not fit into a link; pass on its file" : "Script, machine, policies, instant"
        }
        onClick={async () => {
          said.value = await copyLink();
        }}
      >
        Copy link
      </button>
      <span role="status" class="said">
        {said.value}
      </span>
    </>
  );
}

/** Puts the link into the address and the clipboard; answers what happened in words. */
async function copyLink(): Promise<string> {
  await settled();
  const now = subject.peek();
  const shared = now?.kind === "script" ? now.settings : settings.peek();
  const fragment = await fragmentOf({ settings: shared, positions: shownPositions(), lens: lens.peek() });
  const address = addressWith(fragment);
  history.replaceState(undefined, "", address);
  try {
    await navigator.clipboard.writeText(address);
    return "Copied.";
  } catch {
    // A browser may forbid the clipboard; the address bar has it.
    return "The link is in the address bar.";
  }
}
