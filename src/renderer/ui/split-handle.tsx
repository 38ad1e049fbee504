// The edge between two panels: dragged with the pointer or moved with the arrow keys.
import type { KeyboardEvent, PointerEvent } from "react";

type SplitHandleProps = {
  readonly label: string;
  readonly orientation: "vertical" | "horizontal";
  /** Size of the panel it sizes. */
  readonly sizePx: number;
  readonly minPx: number;
  readonly maxPx: number;
  /** Which way the pointer moves to make the panel larger. */
  readonly growsTowards: "before" | "after";
  readonly onSize: (sizePx: number) => void;
};

const keyStepPx = 16;

export function SplitHandle(props: SplitHandleProps) {
  const { label, orientation, sizePx, minPx, maxPx, growsTowards, onSize } = props;
  const isVertical = orientation === "vertical";
  const sign = growsTowards === "after" ? 1 : -1;
  const resize = (nextPx: number) => onSize(Math.round(Math.min(maxPx, Math.max(minPx, nextPx))));

  const onPointerDown = (down: PointerEvent<HTMLDivElement>) => {
    const handle = down.currentTarget;
    const fromPx = isVertical ? down.clientX : down.clientY;
    const move = (event: globalThis.PointerEvent) =>
      resize(sizePx + sign * ((isVertical ? event.clientX : event.clientY) - fromPx));
    handle.setPointerCapture(down.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const steps = isVertical ? { ArrowLeft: -1, ArrowRight: 1 } : { ArrowUp: -1, ArrowDown: 1 };
    const step = new Map(Object.entries(steps)).get(event.key);
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    resize(sizePx + sign * step * keyStepPx);
  };

  return (
    <div
      className={`split split--${orientation}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={sizePx}
      aria-valuemin={minPx}
      aria-valuemax={maxPx}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}
