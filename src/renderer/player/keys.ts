// Which key does what on the editing surface. One table, so that it can be shown and, later, changed.
import { framesPerSecondOf } from "../../shared/time/index.ts";
import { timeline } from "../waveform/timeline-store.ts";
import { setPlayer, transport, usePlayer } from "./player-store.ts";
import { slowRatio } from "./shuttle.ts";

type KeyStroke = { readonly key: string; readonly shiftKey: boolean; readonly repeat: boolean };

const oneSecondFrames = (): number => {
  const rate = usePlayer.getState().clip?.rate;
  return rate ? Math.round(framesPerSecondOf(rate)) : 1;
};

let isKHeld = false;

/** With K held, J and L are a jog: a tap is one frame, held down they play slowly. */
function shuttle(sign: 1 | -1, { repeat }: KeyStroke): void {
  if (!isKHeld) {
    if (!repeat) transport.shuttle(sign > 0 ? "forward" : "back");
  } else if (repeat) transport.setSpeed(sign * slowRatio);
  else transport.step(sign);
}

const stepOrSecond = (sign: 1 | -1, { shiftKey }: KeyStroke): void =>
  transport.step(sign * (shiftKey ? oneSecondFrames() : 1));

const letters: Readonly<Record<string, (stroke: KeyStroke) => void>> = {
  j: (stroke) => shuttle(-1, stroke),
  k: () => {
    isKHeld = true;
    transport.shuttle("stop");
  },
  l: (stroke) => shuttle(1, stroke),
  ",": (stroke) => stepOrSecond(-1, stroke),
  ".": (stroke) => stepOrSecond(1, stroke),
  "=": () => setPlayer({ isTypingTimecode: true }),
  "+": () => timeline.zoomByKey(1),
  "-": () => timeline.zoomByKey(-1),
};

const others: Readonly<Record<string, (stroke: KeyStroke) => void>> = {
  " ": ({ repeat }) => (repeat ? undefined : transport.togglePlay()),
  ArrowLeft: (stroke) => stepOrSecond(-1, stroke),
  ArrowRight: (stroke) => stepOrSecond(1, stroke),
  Home: () => transport.toStart(),
  End: () => transport.toEnd(),
};

/** Answers whether the stroke was one of ours. */
export function pressKey(stroke: KeyStroke): boolean {
  if (stroke.shiftKey && stroke.key === "Z") {
    timeline.fit();
    return true;
  }
  const run = letters[stroke.key.toLowerCase()] ?? others[stroke.key];
  run?.(stroke);
  return run !== undefined;
}

export function releaseKey(key: string): void {
  const letter = key.toLowerCase();
  if (letter === "k") isKHeld = false;
  const isJogging = Math.abs(usePlayer.getState().speedRatio) === slowRatio;
  if ((letter === "j" || letter === "l" || letter === "k") && isJogging) transport.setSpeed(0);
}

/** Single letters act on the editing surface only; see WCAG 2.1.4. The others also where nothing has the focus. */
export const isLetter = (key: string): boolean => key.length === 1 && key !== " ";
