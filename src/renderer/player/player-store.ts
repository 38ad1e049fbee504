// The transport as the window knows it: what is loaded, which frame is shown, how fast it runs.
import { create } from "zustand";
import type { FrameRange } from "../../shared/time/index.ts";
import type { Clip } from "./clip.ts";
import { clampFrame } from "./frame-clock.ts";
import type { Playback } from "./playback.ts";
import { nextSpeed } from "./shuttle.ts";
import type { ShuttleKey } from "./shuttle.ts";

export type PlayerState = {
  readonly clip: Clip | undefined;
  /** Present while an element is ready to play. */
  readonly playback: Playback | undefined;
  /** The frame on screen. */
  readonly shownFrame: number;
  readonly speedRatio: number;
  readonly volumeRatio: number;
  readonly isMuted: boolean;
  /** What is played over and over; undefined plays on. */
  readonly loop: FrameRange | undefined;
  /** Where another clip begins to be shown; its first frame when undefined. */
  readonly arrivalFrame: number | undefined;
  /** The timecode readout is a field to type into. */
  readonly isTypingTimecode: boolean;
};

export const usePlayer = create<PlayerState>(() => ({
  clip: undefined,
  playback: undefined,
  shownFrame: 0,
  speedRatio: 0,
  volumeRatio: 1,
  isMuted: false,
  loop: undefined,
  arrivalFrame: undefined,
  isTypingTimecode: false,
}));

export const setPlayer = usePlayer.setState;

/** Another clip stands at its first frame, or where someone is going to look. */
export function arrive(): void {
  setPlayer(({ arrivalFrame }) => ({
    shownFrame: arrivalFrame ?? 0,
    speedRatio: 0,
    arrivalFrame: undefined,
    loop: undefined,
  }));
}

/** What every button, key and ruler does. */
export const transport = {
  /** Without an element to play, the playhead moves all the same: waveforms can be looked at before there is a proxy. */
  seek: (frameIndex: number) => {
    const { playback, clip } = usePlayer.getState();
    if (playback) playback.seek(frameIndex);
    else if (clip) setPlayer({ shownFrame: clampFrame(frameIndex, clip.frameCount) });
  },
  step: (frames: number) => {
    const { playback, shownFrame } = usePlayer.getState();
    if (playback) playback.step(frames);
    else transport.seek(shownFrame + frames);
  },
  setSpeed: (speedRatio: number) => usePlayer.getState().playback?.setSpeed(speedRatio),
  shuttle: (key: ShuttleKey) => {
    const { playback, speedRatio } = usePlayer.getState();
    playback?.setSpeed(nextSpeed(speedRatio, key));
  },
  togglePlay: () => {
    const { playback, speedRatio } = usePlayer.getState();
    playback?.setSpeed(speedRatio === 0 ? 1 : 0);
  },
  toStart: () => transport.seek(0),
  toEnd: () => transport.seek((usePlayer.getState().clip?.frameCount ?? 1) - 1),
  toggleMute: () => setPlayer(({ isMuted }) => ({ isMuted: !isMuted })),
} as const;
