// Writes a graph as an ONNX file, streaming its weights: small models in one file, big ones with a data file beside it.
import type { FileHandle } from "node:fs/promises";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { assert, refused } from "../../../shared/failure/index.ts";
import type { Progress } from "../../base/index.ts";
import { bytesOf } from "../graph/dtype.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { initialisersOf } from "../graph/graph.ts";
import type { Weight } from "../graph/weights.ts";
import { weightByteCount } from "../graph/weights.ts";
import { encodeMessage, ropeBytes, ropePieces } from "./encode.ts";
import type { Rope } from "./encode.ts";
import { modelMessage, tensorMessage } from "./model-message.ts";
import type { ByteStream, Message } from "./schema.ts";

const streamOf = (weight: Weight): ByteStream => ({ byteLength: weightByteCount(weight), read: weight.read });

/** An initialiser with its bytes inside the model. */
function inline(value: Value, name: string): Message<"TensorProto"> {
  const { origin } = value;
  assert(origin.kind === "constant" || origin.kind === "weight", `${name} is no initialiser`);
  if (origin.kind === "constant") return { ...tensorMessage(name, origin.tensor), raw_data: bytesOf(origin.tensor) };
  return { ...tensorMessage(name, origin.weight), raw_data: streamOf(origin.weight) };
}

/** protobuf, and ONNX Runtime with it, reads no message of 2 GiB or more. */
const largestMessageBytes = 2 ** 31 - 1;

/** The model as one block of bytes, weights included; refused at 2 GiB, where only a file with a data file can go. */
export async function encodeModel(graph: Graph, signal?: AbortSignal): Promise<Uint8Array> {
  const rope = encodeMessage("ModelProto", modelMessage(graph, inline));
  if (rope.byteLength > largestMessageBytes)
    throw refused("onnx.too-large", {
      message: `The model "${graph.name}" has ${rope.byteLength} bytes; one block holds less than 2 GiB.`,
      hint: "Write it to a file: its weights then go into a data file beside it.",
    });
  return ropeBytes(rope, signal);
}

/** Where a weight lies in the data file. */
export type Placement = { readonly weight: Weight; readonly byteOffset: number; readonly byteLength: number };

/** Weights of a page or more start on a page, so that they can be mapped; the others on a cache line. */
const pageBytes = 4096;
const lineBytes = 64;
const mappedFromBytes = 1 << 20;

const roundUp = (bytes: number, unit: number): number => Math.ceil(bytes / unit) * unit;

/** The order and place of weights in one data file. Byte positions are exact up to 2^53. */
export function placeWeights(weights: readonly Weight[]): readonly Placement[] {
  let nextByte = 0;
  return weights.map((weight) => {
    const byteLength = weightByteCount(weight);
    const byteOffset = roundUp(nextByte, byteLength >= mappedFromBytes ? pageBytes : lineBytes);
    nextByte = byteOffset + byteLength;
    return { weight, byteOffset, byteLength };
  });
}

const zeros = new Uint8Array(pageBytes);

/** The data file as a rope: gaps of zeros, weights as streams. */
function dataRope(placements: readonly Placement[]): Rope {
  let at = 0;
  const parts = placements.flatMap(({ weight, byteOffset, byteLength }) => {
    const gap = zeros.subarray(0, byteOffset - at);
    at = byteOffset + byteLength;
    return [gap, streamOf(weight)];
  });
  return { byteLength: at, parts };
}

export type WriteOptions = {
  readonly signal?: AbortSignal;
  /** Bytes written of bytes in all. */
  readonly onProgress?: Progress;
  /** Weights of more than this in all go into `PATH.data`; 16 MiB unless said. */
  readonly inlineBytes?: number;
};

type Sink = { readonly signal: AbortSignal | undefined; readonly wrote: (byteCount: number) => void };

async function pour(rope: Rope, path: string, { signal, wrote }: Sink): Promise<void> {
  await using file: FileHandle = await open(path, "w");
  for await (const piece of ropePieces(rope, signal)) {
    let done = 0;
    // A short write is no error to the system; the rest must follow.
    while (done < piece.byteLength) done += (await file.write(piece, done, piece.byteLength - done)).bytesWritten;
    wrote(piece.byteLength);
  }
  await file.sync();
}

/** A model and its data file, decided but not written. `data` is empty when the weights stay inside. */
export type ModelPlan = { readonly model: Rope; readonly data: Rope; readonly placements: readonly Placement[] };

/**
 * Where every byte of a model goes: weights that lie in a file of `folder` stay there, the others go into the file called
 * `location` when they have more than `inlineBytes` in all.
 */
export function planModel(graph: Graph, location: string, inlineBytes: number, folder?: string): ModelPlan {
  const all = initialisersOf(graph).flatMap(({ origin }) => (origin.kind === "weight" ? [origin.weight] : []));
  const weights = all.filter((weight) => fileBeside(weight, folder) === undefined);
  const totalBytes = weights.reduce((bytes, weight) => bytes + weightByteCount(weight), 0);
  const placements = totalBytes > inlineBytes ? placeWeights(weights) : [];
  const model = encodeMessage("ModelProto", modelMessage(graph, placer(placements, { location, folder })));
  assert(model.byteLength <= largestMessageBytes, `${graph.name}: the model without its data file reaches 2 GiB`);
  return { model, data: dataRope(placements), placements };
}

/**
 * Writes the graph to `path`, weights beyond `inlineBytes` to `path` + ".data". Both appear under their names only when
 * whole; the model comes last, so that a model file always finds its data. Memory stays at a few megabytes.
 */
export async function writeModel(graph: Graph, path: string, options: WriteOptions = {}): Promise<void> {
  const { model, data } = planModel(graph, `${basename(path)}.data`, options.inlineBytes ?? 16 << 20, dirname(path));
  let doneBytes = 0;
  const wrote = (byteCount: number) => {
    doneBytes += byteCount;
    options.onProgress?.(doneBytes, model.byteLength + data.byteLength, "bytes");
  };
  const sink = { signal: options.signal, wrote };
  const [modelPart, dataPart] = [`${path}.part`, `${path}.data.part`];
  try {
    if (data.byteLength > 0) await pour(data, dataPart, sink);
    await pour(model, modelPart, sink);
    if (data.byteLength > 0) await rename(dataPart, `${path}.data`);
    await rename(modelPart, path);
  } finally {
    await Promise.all([modelPart, dataPart].map((part) => rm(part, { force: true })));
  }
}

/** Placed weights become references into the data file, or into the file that holds them; all others stay inside. */
function placer(placements: readonly Placement[], { location, folder }: Places) {
  const byWeight = new Map(placements.map((placement) => [placement.weight, placement]));
  return (value: Value, name: string): Message<"TensorProto"> => {
    const weight = value.origin.kind === "weight" ? value.origin.weight : undefined;
    const placement = weight && byWeight.get(weight);
    if (placement) return outside(name, placement, location);
    const beside = weight && fileBeside(weight, folder);
    if (weight?.place === undefined || beside === undefined) return inline(value, name);
    return outside(name, { ...weight.place, weight, byteLength: weightByteCount(weight) }, beside);
  };
}

type Places = { readonly location: string; readonly folder: string | undefined };

/** The name of the file in `folder` that holds the weight's bytes already. ONNX data files lie beside their model. */
function fileBeside({ place }: Weight, folder: string | undefined): string | undefined {
  if (place === undefined || folder === undefined) return undefined;
  return resolve(dirname(place.path)) === resolve(folder) ? basename(place.path) : undefined;
}

function outside(
  name: string,
  { weight, byteOffset, byteLength }: Placement,
  location: string,
): Message<"TensorProto"> {
  const entries = { location, offset: String(byteOffset), length: String(byteLength) };
  return {
    ...tensorMessage(name, weight),
    external_data: Object.entries(entries).map(([key, entry]) => ({ key, value: entry })),
    data_location: 1,
  };
}
