/** Wheel, drag and pinch over the map as changes of its viewport; a press without a move is a click. */

import { type MapShape, type MapViewport, panBy, zoomAt } from "./viewport.ts";

const WHEEL_ZOOM_PER_PX = 1.0022;
/** `deltaMode` of a wheel that counts in px. */
const DELTA_IN_PX = 0;
/** A wheel that counts in lines or pages. */
const PX_PER_LINE = 16;
const CLICK_MOVE_MAX_PX = 4;

interface PressedPointer {
  readonly xPx: number;
  readonly yPx: number;
}

/** What is asked of a pointer's event. */
type PointerLike = Pick<PointerEvent, "pointerId" | "clientX" | "clientY">;
type WheelLike = Pick<
  WheelEvent,
  "deltaX" | "deltaY" | "deltaMode" | "shiftKey" | "ctrlKey" | "clientX" | "clientY" | "preventDefault"
>;

interface PointerTarget {
  readonly shape: () => MapShape;
  readonly viewport: () => MapViewport;
  readonly setViewport: (viewport: MapViewport) => void;
  /** Place in the plot, px. */
  readonly placeOf: (event: Pick<PointerEvent, "clientX" | "clientY">) => PressedPointer;
  readonly click: (place: PressedPointer) => void;
}

export class PointerInput {
  readonly #target: PointerTarget;
  readonly #pressed = new Map<number, PressedPointer>();
  #movedPx = 0;

  constructor(target: PointerTarget) {
    this.#target = target;
  }

  get isDragging(): boolean {
    return this.#pressed.size > 0 && this.#movedPx > CLICK_MOVE_MAX_PX;
  }

  wheel(event: WheelLike): void {
    const { shape, viewport, setViewport, placeOf } = this.#target;
    // With everything in view there is nothing to zoom out of, and the wheel scrolls the page.
    if (event.deltaY >= 0 && viewport().zoom <= 1 && !event.ctrlKey) return;
    event.preventDefault();
    const pxPerUnit = event.deltaMode === DELTA_IN_PX ? 1 : PX_PER_LINE;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const dxPx = (event.deltaX === 0 ? event.deltaY : event.deltaX) * pxPerUnit;
      setViewport(panBy(shape(), viewport(), -dxPx, 0));
      return;
    }
    const { xPx, yPx } = placeOf(event);
    setViewport(zoomAt(shape(), viewport(), WHEEL_ZOOM_PER_PX ** (-event.deltaY * pxPerUnit), xPx, yPx));
  }

  down(event: PointerLike): void {
    if (this.#pressed.size === 0) this.#movedPx = 0;
    this.#pressed.set(event.pointerId, this.#target.placeOf(event));
  }

  move(event: PointerLike): void {
    const before = this.#pressed.get(event.pointerId);
    if (before === undefined) return;
    const { shape, viewport, setViewport, placeOf } = this.#target;
    const now = placeOf(event);
    const others = [...this.#pressed].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    this.#pressed.set(event.pointerId, now);
    this.#movedPx += Math.hypot(now.xPx - before.xPx, now.yPx - before.yPx);
    const [other] = others;
    if (other === undefined) {
      if (this.isDragging) setViewport(panBy(shape(), viewport(), now.xPx - before.xPx, now.yPx - before.yPx));
      return;
    }
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    // What lay between the fingers stays between them.
    const zoomed = zoomAt(shape(), viewport(), factor, (before.xPx + other.xPx) / 2, (before.yPx + other.yPx) / 2);
    setViewport(panBy(shape(), zoomed, (now.xPx - before.xPx) / 2, (now.yPx - before.yPx) / 2));
  }

  up(event: PointerLike): void {
    const isClick = this.#pressed.size === 1 && this.#movedPx <= CLICK_MOVE_MAX_PX;
    if (this.#pressed.delete(event.pointerId) && isClick) this.#target.click(this.#target.placeOf(event));
  }

  cancel(event: PointerLike): void {
    this.#pressed.delete(event.pointerId);
  }
}

function distance(a: PressedPointer, b: PressedPointer): number {
  return Math.hypot(a.xPx - b.xPx, a.yPx - b.yPx);
}
