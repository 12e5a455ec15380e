/** What lies under the pointer, beside it. */

export interface TooltipPlace {
  readonly xPx: number;
  readonly yPx: number;
  /** Of the canvas it floats over. */
  readonly widthPx: number;
  readonly lines: readonly string[];
}

const OFFSET_PX = 14;

export function MapTooltip({ xPx, yPx, widthPx, lines }: TooltipPlace) {
  const isRight = xPx > widthPx / 2;
  const side = isRight ? { right: `${widthPx - xPx + OFFSET_PX}px` } : { left: `${xPx + OFFSET_PX}px` };
  const [title, ...rest] = lines;
  return (
    <div class="ebb-tooltip" style={{ ...side, top: `${yPx + OFFSET_PX}px` }} aria-hidden="true">
      <strong>{title}</strong>
      {rest.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}
