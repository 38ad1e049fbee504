// Plays, steps and seeks one media element by frames, and tells which frame it shows.
import type { Clip } from "./clip.ts";
import { clampFrame, frameAtSeconds, frameOfTimestamp, seekSecondsOf } from "./frame-clock.ts";

export type Playback = Disposable & {
  readonly seek: (frameIndex: number) => void;
  /** Counted from the frame that was asked for last, so that quick steps add up while the element still seeks. */
  readonly step: (frames: number) => void;
  /** Ratio of the normal speed; negative plays backward, 0 stands. */
  readonly setSpeed: (speedRatio: number) => void;
};

export type PlaybackOptions = {
  readonly clip: Clip;
  /** The frame that is on screen now. */
  readonly onFrame: (frameIndex: number) => void;
  readonly onSpeed: (speedRatio: number) => void;
  readonly onFailure: (error: unknown) => void;
};

export function createPlayback(element: HTMLVideoElement, options: PlaybackOptions): Playback {
  const { clip, onFrame, onSpeed, onFailure } = options;
  const leaving = new AbortController();
  const { signal } = leaving;
  const seeker = createSeeker(element, clip, signal);
  let speedRatio = 0;

  const tell = (ratio: number) => {
    speedRatio = ratio;
    onSpeed(ratio);
  };

  const setSpeed = (ratio: number) => {
    if (ratio === speedRatio) return;
    const wasForward = speedRatio > 0;
    tell(ratio);
    if (ratio > 0) {
      // At the end, playing means playing again.
      if (seeker.wanted() >= clip.frameCount - 1) seeker.seek(0);
      element.playbackRate = ratio;
      element.play().catch((error: unknown) => {
        tell(0);
        // A pause before the first frame was there rejects the play; that is what was asked for.
        if (!(error instanceof DOMException && error.name === "AbortError")) onFailure(error);
      });
      return;
    }
    element.pause();
    if (wasForward) seeker.settle();
    if (ratio < 0) playBackward(ratio);
  };

  /** No browser plays backward: frames are sought as fast as they come, by the clock, so the speed holds. */
  const playBackward = (ratio: number) => {
    const fromFrame = seeker.wanted();
    const fromMs = performance.now();
    const turn = (nowMs: number) => {
      if (signal.aborted || speedRatio !== ratio) return;
      const goneFrames = ((nowMs - fromMs) / 1000) * Math.abs(ratio) * (clip.rate.num / clip.rate.den);
      if (!element.seeking) seeker.seek(fromFrame - goneFrames);
      if (seeker.wanted() === 0) tell(0);
      else requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  };

  element.addEventListener("ended", () => tell(0), { signal });
  watchFrames(element, { clip, signal, onFrame: (frameIndex) => onFrame(seeker.shown(frameIndex)) });

  return {
    seek: seeker.seek,
    step: (frames) => {
      setSpeed(0);
      seeker.seek(seeker.wanted() + frames);
    },
    setSpeed,
    [Symbol.dispose]: () => {
      leaving.abort();
      element.pause();
    },
  };
}

/** One seek at a time: what is asked for meanwhile waits, and only the last of it is done. */
function createSeeker(element: HTMLVideoElement, clip: Clip, signal: AbortSignal) {
  let wantedFrame = 0;
  let waitingFrame: number | undefined;
  const go = (frameIndex: number) => {
    waitingFrame = undefined;
    element.currentTime = seekSecondsOf(frameIndex, clip.rate);
  };
  element.addEventListener(
    "seeked",
    () => {
      if (waitingFrame !== undefined) go(waitingFrame);
    },
    { signal },
  );
  return {
    wanted: () => wantedFrame,
    seek: (frameIndex: number) => {
      wantedFrame = clampFrame(frameIndex, clip.frameCount);
      if (element.seeking) waitingFrame = wantedFrame;
      else go(wantedFrame);
    },
    /** The shown frame is where a later step counts from, unless a seek is still under way. */
    shown: (frameIndex: number) => {
      if (!element.seeking && waitingFrame === undefined) wantedFrame = frameIndex;
      return frameIndex;
    },
    /** After playing, the element stands between frames: put it on the middle of the one it shows. */
    settle: () => go(wantedFrame),
  };
}

type Watch = { readonly clip: Clip; readonly signal: AbortSignal; readonly onFrame: (frameIndex: number) => void };

function watchFrames(element: HTMLVideoElement, { clip, signal, onFrame }: Watch): void {
  if (!clip.hasPicture) {
    watchClock(element, { clip, signal, onFrame });
    return;
  }
  const onVideoFrame: VideoFrameRequestCallback = (_nowMs, { mediaTime }) => {
    if (signal.aborted) return;
    onFrame(frameOfTimestamp(mediaTime, clip));
    element.requestVideoFrameCallback(onVideoFrame);
  };
  element.requestVideoFrameCallback(onVideoFrame);
}

/** Sound alone shows no frames: the element's clock is read as often as the screen draws. */
function watchClock(element: HTMLVideoElement, { clip, signal, onFrame }: Watch): void {
  const read = () => {
    if (signal.aborted) return;
    onFrame(frameAtSeconds(element.currentTime, clip));
    if (!element.paused) requestAnimationFrame(read);
  };
  for (const event of ["seeked", "playing", "timeupdate"]) element.addEventListener(event, read, { signal });
}
