// Pictures of faces, cut out of a film's proxy: one media element per proxy, one seek at a time.
import { failed } from "../../shared/failure/index.ts";
import type { FrameRate } from "../../shared/time/index.ts";
import { seekSecondsOf } from "../player/frame-clock.ts";

export type StillWanted = {
  readonly url: string;
  readonly frameIndex: number;
  readonly rate: FrameRate;
  /** Shares of the picture's width and height: left, top, width, height. */
  readonly boxRatios: readonly [number, number, number, number];
};

const sources = new Map<string, { readonly element: HTMLVideoElement; last: Promise<unknown> }>();

/** A square around the face with some air, as a bitmap to draw. Waits its turn behind the others of the same film. */
export function cutStill(wanted: StillWanted): Promise<ImageBitmap> {
  const source = sources.get(wanted.url) ?? open(wanted.url);
  const cut = () => cutFrom(source.element, wanted);
  const still = source.last.then(cut, cut);
  source.last = still;
  return still;
}

function open(url: string): { readonly element: HTMLVideoElement; last: Promise<unknown> } {
  const element = document.createElement("video");
  element.muted = true;
  element.preload = "auto";
  element.src = url;
  const source = { element, last: happens(element, "loadeddata") };
  sources.set(url, source);
  return source;
}

async function cutFrom(element: HTMLVideoElement, wanted: StillWanted): Promise<ImageBitmap> {
  const sought = happens(element, "seeked");
  element.currentTime = seekSecondsOf(wanted.frameIndex, wanted.rate);
  await sought;
  const [left, top, width, height] = wanted.boxRatios;
  const [pictureWidthPx, pictureHeightPx] = [element.videoWidth, element.videoHeight];
  const sidePx = Math.min(
    pictureWidthPx,
    pictureHeightPx,
    Math.max(8, 1.25 * Math.max(width * pictureWidthPx, height * pictureHeightPx)),
  );
  const x = clamp((left + width / 2) * pictureWidthPx - sidePx / 2, pictureWidthPx - sidePx);
  const y = clamp((top + height / 2) * pictureHeightPx - sidePx / 2, pictureHeightPx - sidePx);
  return await createImageBitmap(element, x, y, sidePx, sidePx);
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));

function happens(element: HTMLVideoElement, event: "loadeddata" | "seeked"): Promise<void> {
  return new Promise((resolve, reject) => {
    element.addEventListener(event, () => resolve(), { once: true });
    element.addEventListener(
      "error",
      () => reject(failed("player.no-still", { message: "The preview could not be read." })),
      { once: true },
    );
  });
}
