/** A view's files, saved with a press of a button. */

import { useState } from "preact/hooks";

interface ExportChoice {
  /** `PNG`: what the button says. */
  readonly label: string;
  readonly fileName: string;
  readonly make: () => string | Promise<Blob | undefined>;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ["csv", "text/csv"],
  ["svg", "image/svg+xml"],
]);
/** Long enough for any browser to have begun to read the file. */
const KEEP_MS = 60_000;

export function ExportMenu({ what, choices }: { readonly what: string; readonly choices: readonly ExportChoice[] }) {
  const [complaint, setComplaint] = useState("");
  const save = async ({ fileName, label, make }: ExportChoice) => {
    const made = await make();
    const type = TYPES.get(fileName.slice(fileName.lastIndexOf(".") + 1)) ?? "application/octet-stream";
    const blob = typeof made === "string" ? new Blob([made], { type }) : made;
    setComplaint(blob === undefined ? `This browser cannot make a ${label} of that size; make the view smaller.` : "");
    if (blob !== undefined) saveBlob(blob, fileName);
  };
  return (
    <div class="ebb-export">
      <span>Save</span>
      {choices.map((choice) => (
        <button
          key={choice.label}
          type="button"
          class="ebb-button"
          aria-label={`Save ${what} as ${choice.label}`}
          onClick={() => save(choice)}
        >
          {choice.label}
        </button>
      ))}
      <span role="status">{complaint}</span>
    </div>
  );
}

/** Offers the file to be saved, as a link does. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
