// Reads models: our own files with their data beside them, and foreign files, which are trusted with nothing.
import { lstat, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkGraph } from "../graph/check.ts";
import type { Graph } from "../graph/graph.ts";
import { decodeMessage } from "./decode.ts";
import type { ExternalReference } from "./external-data.ts";
import { checkDataFile, endOf, externalReference, externalWeight } from "./external-data.ts";
import { graphOfModel } from "./graph-of-model.ts";
import type { ModelLimits } from "./limits.ts";
import { tensorHeader } from "./tensor-message.ts";
import { foreignLimits, invalid, ownLimits, unsupported } from "./limits.ts";

/**
 * A model of ours: written by writeModel into a folder we made. Weights in its data file stay there until they are read;
 * links, second names and places outside the folder are refused all the same.
 */
export async function readModel(path: string): Promise<Graph> {
  const { size } = await lstat(path);
  if (size > ownLimits.maxFileBytes) throw invalid(`The model ${basename(path)} has ${size} bytes.`);
  const references: ExternalReference[] = [];
  const graph = graphOfModel(decodeMessage("ModelProto", await readFile(path)), {
    limits: ownLimits,
    // It was proven, or trusted, before it was written.
    strictness: "trust",
    sizeNames: "algebra",
    domains: ["", "com.microsoft"],
    external: (tensor, header) => {
      const reference = externalReference(tensor, header.byteLength);
      references.push(reference);
      return externalWeight(path, header.name, { dtype: header.dtype, dims: header.dims, reference });
    },
  });
  await checkReferences(path, references);
  return checkGraph(graph);
}

/**
 * What must hold before a runtime may open a model by its path: every data file it names lies beside it, is a plain file of
 * one name, and is long enough. ONNX Runtime 1.30 itself follows hard links.
 */
export async function checkModelFile(path: string): Promise<void> {
  const { size } = await lstat(path);
  if (size > ownLimits.maxFileBytes) throw invalid(`The model ${basename(path)} has ${size} bytes.`);
  const model = decodeMessage("ModelProto", await readFile(path));
  const references = (model.graph?.initializer ?? [])
    .filter(({ data_location, external_data }) => data_location === 1 || external_data !== undefined)
    .map((tensor) => externalReference(tensor, tensorHeader(tensor, ownLimits).byteLength));
  await checkReferences(path, references);
}

async function checkReferences(path: string, references: readonly ExternalReference[]): Promise<void> {
  for (const location of new Set(references.map((reference) => reference.location))) {
    const fileBytes = await checkDataFile(join(dirname(path), location));
    const neededBytes = references.reduce((most, r) => (r.location === location ? Math.max(most, endOf(r)) : most), 0);
    if (neededBytes > fileBytes)
      throw invalid(`The data file ${location} has ${fileBytes} bytes; the model needs ${neededBytes}.`);
  }
}

/**
 * A model from anywhere, as bytes. Standard operators of opsets 11 to 21 only; no external data, no graphs inside nodes, no
 * functions, bounded counts and sizes. What runs later is the graph written anew by us, never these bytes.
 */
export function readForeignModel(bytes: Uint8Array, limits: ModelLimits = foreignLimits): Graph {
  if (bytes.byteLength > limits.maxFileBytes)
    throw invalid(`The model has ${bytes.byteLength} bytes; ${limits.maxFileBytes} are allowed.`);
  const model = decodeMessage("ModelProto", bytes);
  const graph = graphOfModel(model, {
    limits,
    strictness: "trust",
    sizeNames: "text",
    domains: [""],
    external: (tensor) => {
      throw unsupported(`The tensor "${tensor.name}" lies in another file; only models in one file are imported.`);
    },
  });
  return checkGraph(graph);
}
