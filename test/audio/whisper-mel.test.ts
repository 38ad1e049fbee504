// Whisper's log-mel against the reference implementation's own output.
import { expect, test } from "vitest";
import { whisperLogMel } from "../../src/core/audio/index.ts";
import { floats, maxAbsError, relativeError } from "../../src/core/tensor/index.ts";
import { readFloatVectors } from "../support/safetensors-file.ts";
import { sharedVectors } from "../support/shared-folder.ts";

const vectors = sharedVectors("whisper.vectors.safetensors");

test.skipIf(vectors === undefined)("the log-mel of the reference waveform is the reference's to 1e-5", () => {
  const tensors = readFloatVectors(vectors ?? "");
  const waveform = tensors.get("features/in/waveform");
  const reference = tensors.get("features/out/log_mel");
  if (waveform === undefined || reference === undefined) throw new Error("the vectors hold no case named features");
  const { melBins, melFrames, values } = whisperLogMel(waveform.data);
  const [found, expected] = [floats([melBins, melFrames], values), floats(reference.dims, reference.data)];
  expect(relativeError(found, expected)).toBeLessThan(2e-6);
  expect(maxAbsError(found, expected)).toBeLessThan(1e-5);
});
