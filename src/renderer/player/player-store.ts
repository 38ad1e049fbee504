// The transport as the window knows it: what is loaded, which frame is shown, how fast it runs.
import { create } from "zustand";
import type { Clip } from "./clip.ts";
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
  isTypingTimecode: false,
}));

export const setPlayer = usePlayer.setState;

/** What every button, key and ruler does; each does nothing while there is nothing to play. */
export const transport = {
  seek: (frameIndex: number) => usePlayer.getState().playback?.seek(frameIndex),
  step: (frames: number) => usePlayer.getState().playback?.step(frames),
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
