// The door of shared/time: frames, samples, ranges, rates and timecode, in exact integers.
export type { Rounding } from "./exact.ts";
export {
  areRatesEqual,
  formatAverageRate,
  formatFrameRate,
  frameRate,
  frameRates,
  framesPerSecondOf,
  nominalFramesPerSecond,
  parseFrameRate,
} from "./frame-rate.ts";
export type { FrameRate } from "./frame-rate.ts";
export {
  convertFrame,
  convertSample,
  frameToSample,
  frameToSeconds,
  sampleToFrame,
  sampleToSeconds,
  secondsToFrame,
  secondsToSample,
} from "./positions.ts";
export type { Frame, FrameToFrame, FrameToSample, SampleIndex } from "./positions.ts";
export {
  areRangesEqual,
  containsFrame,
  containsRange,
  convertRange,
  doRangesOverlap,
  endFrameOf,
  framesCoveringSamples,
  hull,
  intersect,
  intersectRanges,
  isEmptyRange,
  rangeBetween,
  rangeToSamples,
  shiftRange,
  splitRange,
  subtractRanges,
  uniteRanges,
  withHandles,
} from "./ranges.ts";
export type { FrameRange, SampleRange } from "./ranges.ts";
export {
  droppedLabelsPerMinute,
  formatTimecode,
  framesPerDay,
  labelFramesOf,
  parseTimecode,
  timecodeBase,
  timecodeBaseFrom,
  timecodeFieldsOf,
} from "./timecode.ts";
export type { TimecodeBase, TimecodeCounting, TimecodeFields } from "./timecode.ts";
export { parsePlace, parseRange } from "./range-entry.ts";
export { parseTimecodeEntry } from "./timecode-entry.ts";
export {
  frameRangeSchema,
  frameRateSchema,
  frameSchema,
  sampleIndexSchema,
  sampleRangeSchema,
  timecodeCountingSchema,
} from "./schemas.ts";
