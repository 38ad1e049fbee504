// Draws peaks with wavesurfer.js: one instance per lane, given only what is in the window, so that hours cost nothing.
import Renderer from "wavesurfer.js/dist/renderer.js";
import WaveSurfer from "wavesurfer.js/dist/wavesurfer.js";
import type { FrameRate } from "../../shared/time/index.ts";
import { pxOfBucket } from "./peaks-window.ts";
import type { PeaksWindow } from "./peaks-window.ts";
import type { Viewport } from "./viewport.ts";

// wavesurfer writes a style element into its shadow root, which our content security policy refuses. The same tree with
// a constructed sheet is allowed; the rules are those its layout relies on.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { user-select: none; min-width: 1px; }
  .scroll { position: relative; width: 100%; overflow: hidden; }
  .wrapper { position: relative; z-index: 2; overflow: visible; }
  .canvases { pointer-events: none; }
  .canvases > div, .progress > div { position: relative; }
  canvas { position: absolute; top: 0; display: block; }
  .progress { position: absolute; top: 0; left: 0; z-index: 2; width: 0; height: 100%; overflow: hidden; pointer-events: none; }
  .cursor { position: absolute; top: 0; left: 0; z-index: 5; height: 100%; pointer-events: none; }
`);

function partNamed(part: string, ...children: readonly HTMLElement[]): HTMLElement {
  const element = document.createElement("div");
  element.className = part;
  element.setAttribute("part", part);
  element.append(...children);
  return element;
}

function initHtmlWithoutStyleElement(): readonly [HTMLElement, ShadowRoot] {
  const host = document.createElement("div");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  const wrapper = partNamed("wrapper", partNamed("canvases"), partNamed("progress"), partNamed("cursor"));
  shadow.append(partNamed("scroll", wrapper));
  return [host, shadow];
}

// Private in its types, so that it is set by name.
Reflect.set(Renderer.prototype, "initHtml", initHtmlWithoutStyleElement);

export type WaveLook = { readonly waveColor: string; readonly lineColor: string };

export type WaveDrawing = {
  readonly peaks: PeaksWindow;
  readonly view: Viewport;
  readonly rate: FrameRate;
  readonly startOffsetSamples: number;
};

export type WaveDrawer = Disposable & { readonly draw: (drawing: WaveDrawing) => void };

export type WaveDrawerOptions = {
  readonly container: HTMLElement;
  readonly heightPx: number;
  readonly channelCount: number;
  readonly look: WaveLook;
  readonly onFailure: (error: unknown) => void;
};

export function createWaveDrawer({
  container,
  heightPx,
  channelCount,
  look,
  onFailure,
}: WaveDrawerOptions): WaveDrawer {
  let current: WaveDrawing | undefined;
  let shownPeaks: PeaksWindow | undefined;
  const channelHeightPx = Math.floor(heightPx / channelCount);
  const surfer = WaveSurfer.create({
    container,
    height: channelHeightPx,
    splitChannels: Array.from({ length: channelCount }, () => ({ height: channelHeightPx })),
    waveColor: look.waveColor,
    interact: false,
    cursorWidth: 0,
    hideScrollbar: true,
    autoScroll: false,
    renderFunction: ([channel], context) => {
      if (channel && current) drawChannel(channel, { ...current, context, look });
    },
  });

  return {
    draw: (drawing) => {
      current = drawing;
      if (drawing.peaks === shownPeaks) {
        surfer.setOptions({});
        return;
      }
      shownPeaks = drawing.peaks;
      const { channels, samplesPerBucket, sampleRateHz } = drawing.peaks;
      const durationSeconds = (((channels[0]?.length ?? 0) / 2) * samplesPerBucket) / sampleRateHz;
      const peaks = channels.map((channel) => Float32Array.from(channel));
      surfer.load("", peaks, Math.max(1e-3, durationSeconds)).catch((error: unknown) => {
        // A newer drawing took the place of this one.
        if (!(error instanceof DOMException && error.name === "AbortError")) onFailure(error);
      });
    },
    [Symbol.dispose]: () => surfer.destroy(),
  };
}

type ChannelDrawing = WaveDrawing & { readonly context: CanvasRenderingContext2D; readonly look: WaveLook };

/** A filled shape from the maxima forth and the minima back, at least one device pixel high, over a center line. */
function drawChannel(channel: ArrayLike<number>, drawing: ChannelDrawing): void {
  const { context, look, peaks } = drawing;
  const { width, height } = context.canvas;
  const pxScale = window.devicePixelRatio;
  const middle = height / 2;
  const buckets = Math.floor(channel.length / 2);
  const xOf = (bucket: number) => pxOfBucket(bucket, peaks, drawing) * pxScale;
  context.fillStyle = look.lineColor;
  context.fillRect(0, Math.round(middle), width, 1);
  context.fillStyle = look.waveColor;
  context.beginPath();
  for (let bucket = 0; bucket < buckets; bucket++) {
    const x = xOf(bucket);
    const y = middle - Math.max(0.5 / middle, channel[2 * bucket + 1] ?? 0) * (middle - 1);
    context.lineTo(x, y);
    context.lineTo(xOf(bucket + 1), y);
  }
  for (let bucket = buckets - 1; bucket >= 0; bucket--) {
    const y = middle - Math.min(-0.5 / middle, channel[2 * bucket] ?? 0) * (middle - 1);
    context.lineTo(xOf(bucket + 1), y);
    context.lineTo(xOf(bucket), y);
  }
  context.closePath();
  context.fill();
}
