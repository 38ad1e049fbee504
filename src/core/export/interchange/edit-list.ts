// A list of edits as every format of its kind means it: which stretch of which source plays where in the programme.
import type { FrameRange, FrameRate, TimecodeCounting } from "../../../shared/time/index.ts";

/** How an event takes over from the one before it. */
export type EditTransition =
  | { readonly kind: "cut" }
  | { readonly kind: "dissolve"; readonly durationFrames: number }
  | { readonly kind: "wipe"; readonly pattern: number; readonly durationFrames: number };

/** A note at a place of the programme. */
export type EditMarker = {
  /** Label of the programme, counted in frames from 00:00:00:00. */
  readonly recordFrame: number;
  readonly colour: string;
  readonly text: string;
};

/** Constant speed: how many frames of the source pass per second; 0 holds a frame, negative runs backwards. */
export type EditSpeed = { readonly sourceFramesPerSecond: number; readonly sourceFrame: number };

export type EditEvent = {
  readonly number: number;
  /** The name of the tape or file, as short as the format wants it. */
  readonly reelName: string;
  /** "V", "A", "A2", "B", "AA/V" …, as written. */
  readonly channels: string;
  readonly transition: EditTransition;
  /** Labels of the source and of the programme, counted in frames from 00:00:00:00. */
  readonly source: FrameRange;
  readonly record: FrameRange;
  readonly fromClipName: string | undefined;
  readonly toClipName: string | undefined;
  readonly sourceFile: string | undefined;
  readonly speed: EditSpeed | undefined;
  readonly markers: readonly EditMarker[];
  /** Comment lines that mean nothing to us, kept as they stood. */
  readonly comments: readonly string[];
};

export type EditList = {
  readonly title: string;
  readonly rate: FrameRate;
  readonly counting: TimecodeCounting;
  readonly events: readonly EditEvent[];
};

/** Whether the event changes what is seen. */
export const isPicture = ({ channels }: EditEvent): boolean => /V|^B$/u.test(channels.toUpperCase());
