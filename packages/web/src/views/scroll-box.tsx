/** Room for a table that may be larger than the screen: scrolled by pointer, finger and keyboard. */

import type { ComponentChildren } from "preact";

interface ScrollBoxProps {
  readonly label: string;
  /** Scrolls up and down too, beyond a height. */
  readonly isTall?: boolean;
  readonly children: ComponentChildren;
}

export function ScrollBox({ label, isTall = false, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus, or keys cannot scroll it
    <section class={`ebb-scroll${isTall ? " ebb-scroll-tall" : ""}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
