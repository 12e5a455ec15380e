/** Room of an element as it changes. */

import { useLayoutEffect, useState } from "preact/hooks";

const FIRST_GUESS_PX = 640;

/** Width of the element, whole px. */
export function useWidthPx(host: { readonly current: HTMLElement | null }): number {
  const [widthPx, setWidthPx] = useState(FIRST_GUESS_PX);
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const measure = () => setWidthPx(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [host]);
  return widthPx;
}
