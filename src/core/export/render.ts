// Renders a range of a reel into one file: decoded, painted and encoded as a stream, sound laid under, and read back whole.
import type { MediaFacts } from "../../shared/project/index.ts";
import { refused } from "../../shared/failure/index.ts";
import type { Progress } from "../base/index.ts";
import { decodeFrames, encodeFrames, lostTags, pictureLike, yuvFormatOf } from "../media/index.ts";
import type {
  DamageReport,
  EncoderSettings,
  LostTag,
  MediaSource,
  OutputContainer,
  SoundTrack,
  VideoCodec,
} from "../media/index.ts";
import { compositeFrames } from "./composite.ts";
import type { FaceFrames } from "./composite.ts";
import type { RenderPlan } from "./render-plan.ts";

export type RenderOrder = {
  readonly source: MediaSource;
  readonly plan: RenderPlan;
  /** By `takeId`; all that the plan names. */
  readonly takes: ReadonlyMap<string, FaceFrames>;
  readonly sound: readonly SoundTrack[];
  readonly path: string;
  readonly container: OutputContainer;
  readonly codec: VideoCodec;
  readonly settings?: EncoderSettings;
  /** Of the range's first frame; none is written when undefined. */
  readonly startTimecode: { readonly label: string; readonly isDropFrame: boolean } | undefined;
  readonly colourMatch: "surroundings" | "none";
  /** Whether what is replaced gets the grain that the frame has around it. */
  readonly grain: "surroundings" | "none";
};

export type RenderOutcome = {
  readonly facts: MediaFacts;
  /** What the container could not hold of the tracks' tags. */
  readonly lost: readonly LostTag[];
  /** What the decoder said of a damaged source. */
  readonly damage: DamageReport | undefined;
};

type Ears = { readonly signal: AbortSignal; readonly onProgress: Progress };

/**
 * Frame count out is frame count in; the file is whole and verified at its path, or absent. Memory holds a few frames,
 * whatever the length.
 */
export async function renderRange(order: RenderOrder, { signal, onProgress }: Ears): Promise<RenderOutcome> {
  const { source, plan, sound, path, container, codec } = order;
  const [video] = source.facts.video;
  if (!video) throw refused("render.no-picture", { message: `${source.path} has no picture to render.` });
  let damage: DamageReport | undefined;
  const frames = decodeFrames(source, {
    range: plan.range,
    streamIndex: video.streamIndex,
    signal,
    onDamage: (report) => {
      damage = report;
    },
  });
  // A film whose format faces cannot be pasted into is still rendered where no take paints.
  const painted = plan.touchedFrames === 0 ? frames : compositeFrames(frames, { ...order, format: yuvFormatOf(video) });
  const facts = await encodeFrames(source.tools, painted, {
    path,
    container,
    codec,
    settings: order.settings ?? {},
    picture: { ...pictureLike(video), startTimecode: order.startTimecode },
    sound,
    signal,
    onProgress: (doneFrames) => onProgress(doneFrames, plan.range.durationFrames, "frames"),
  });
  return { facts, lost: lostTags(sound, container), damage };
}
