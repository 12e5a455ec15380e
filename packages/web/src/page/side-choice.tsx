/** A or B, where one of them is meant. */

import type { Signal } from "@preact/signals";
import { Segmented } from "../views/segmented.tsx";
import type { SideIndex } from "./instant.ts";
import { sides } from "./store.ts";

const OPTIONS = sides.map(({ name }, i) => ({ name: String(i), title: name }));

interface SideChoiceProps {
  /** What is chosen with it. */
  readonly label: string;
  readonly chosen: Signal<SideIndex>;
}

export function SideChoice({ label, chosen }: SideChoiceProps) {
  return (
    <Segmented
      label={label}
      options={OPTIONS}
      value={String(chosen.value)}
      onChange={(name) => {
        chosen.value = name === "1" ? 1 : 0;
      }}
    />
  );
}
