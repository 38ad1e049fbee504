// How much goes through the networks at once: as much as fits in part of the free memory, and no more than pays.
import { assert } from "../../../shared/failure/index.ts";
import { heardOf, parametersOf, unetStepGraph, vaeDecoderGraph } from "../../models/index.ts";
import type { LipsyncModelConfig } from "../../models/index.ts";
import { estimateMemory } from "../../onnx/index.ts";
import type { Graph, Sizes, Weights } from "../../onnx/index.ts";

export type Batches = { readonly windows: number; readonly pictures: number };

/** Of the free memory, for one run's values; the rest is for weights, caches and the other programs. */
const memoryShare = 0.4;
/** Beyond this a small network gains little, and every frame waits longer for its picture. */
const most: Batches = { windows: 4, pictures: 16 };

/** Bytes between the nodes of a guided step over one window, and of decoding one picture. */
export type RunBytes = { readonly window: number; readonly picture: number };

export function runBytesOf(config: LipsyncModelConfig): RunBytes {
  const { unet, vae, faceSizePx, windowFrames, hearing, whisper } = config;
  const side = faceSizePx / 8;
  const tokens = (hearing.rowsBefore + 1 + hearing.rowsAfter) * heardOf(whisper).states;
  const step = (weights: Weights) => unetStepGraph({ config: unet, weights, guidance: "guided", depth: "full" });
  const decoder = (weights: Weights) => vaeDecoderGraph({ config: vae, weights });
  return {
    window: activationBytes(step, { batch: 1, frames: windowFrames, height: side / 8, width: side / 8, tokens }),
    picture: activationBytes(decoder, { batch: 1, height: side, width: side }),
  };
}

function activationBytes(define: (weights: Weights) => Graph, sizes: Sizes): number {
  let graph: Graph | undefined;
  parametersOf((weights) => (graph = define(weights)));
  assert(graph, "a definition gives a graph");
  return estimateMemory(graph, sizes).activationBytes;
}

/**
 * `freeBytes` undefined: the device's memory is not known, and one window fills a graphics card. Each attempt after the
 * first takes half, because the system ends a process that took too much without a word.
 */
export function batchSizes(run: RunBytes, freeBytes: number | undefined, attempt: number): Batches {
  if (freeBytes === undefined) return { windows: 1, pictures: Math.max(1, most.pictures >> attempt) };
  const budgetBytes = (memoryShare * freeBytes) / 2 ** (attempt - 1);
  const fitting = (bytes: number, atMost: number) => Math.max(1, Math.min(atMost, Math.floor(budgetBytes / bytes)));
  return { windows: fitting(run.window, most.windows), pictures: fitting(run.picture, most.pictures) };
}
