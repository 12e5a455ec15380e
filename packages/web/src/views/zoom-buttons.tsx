/** Out, in, all: for those who have neither wheel nor keys at hand. */

interface ZoomButtonsProps {
  /** What is zoomed. */
  readonly what: string;
  readonly onZoom: (factor: number) => void;
  readonly onAll: () => void;
}

const FACTOR = 2;

export function ZoomButtons({ what, onZoom, onAll }: ZoomButtonsProps) {
  return (
    <div class="ebb-buttons">
      <button type="button" class="ebb-button" aria-label={`Zoom out: ${what}`} onClick={() => onZoom(1 / FACTOR)}>
        −
      </button>
      <button type="button" class="ebb-button" aria-label={`Zoom in: ${what}`} onClick={() => onZoom(FACTOR)}>
        +
      </button>
      <button type="button" class="ebb-button" aria-label={`Show all: ${what}`} onClick={onAll}>
        All
      </button>
    </div>
  );
}
