// MediaPipe's face mesh: 468 landmarks from a region's picture, and with attention 478 with truer lips, eyes and irises.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value } from "../../onnx/index.ts";
import type { TfliteModel } from "../../weights/index.ts";
import { networkOfTflite } from "./from-tflite.ts";
import { meshRefinements } from "./mesh-refinement.ts";
import { pointsOfMesh } from "./regions.ts";
import { cannotConvert } from "./tflite-values.ts";

/** The square picture of a region. */
export const meshSizePx = 192;

/** What the published models call their outputs; the one with attention gives the mesh under another name. */
const names = {
  plain: { mesh: "conv2d_21", presence: "conv2d_31" },
  attention: { mesh: "output_mesh_identity", presence: "conv_faceflag" },
} as const;

/**
 * Input: picture [batch, 3, 192, 192], RGB, 0..1. Outputs: landmarks [batch, 468 or 478, (x, y, z)] in pixels of that
 * picture, and presence [batch], 0..1: whether it shows a face at all.
 */
export function faceMeshGraph({ model }: { readonly model: TfliteModel }): Graph {
  return graph("face-mesh", (g) => {
    const picture = g.input("picture", "float32", ["batch", 3, meshSizePx, meshSizePx]);
    const outputs = networkOfTflite(g, model, picture);
    const kind = outputs.has(names.attention.mesh) ? "attention" : "plain";
    const output = (name: string, width: number): Value => {
      const found = outputs.get(name);
      if (found?.dims.join() !== ["batch", 1, 1, width].join())
        throw cannotConvert(model, `it is no face mesh: its output "${name}" does not hold ${width} numbers`);
      return found;
    };
    const mesh = g.reshape(output(names[kind].mesh, 3 * pointsOfMesh), ["batch", pointsOfMesh, 3]);
    const logit = g.reshape(output(names[kind].presence, 1), ["batch"]);
    const refined = meshRefinements.map((each) =>
      kind === "plain"
        ? mesh
        : g.reshape(output(each.output, 2 * each.landmarks.length), ["batch", each.landmarks.length, 2]),
    );
    return { landmarks: kind === "plain" ? mesh : blend(g, mesh, refined), presence: g.sigmoid(logit) };
  });
}

/** Every landmark from the last part that knows it; depth from the mesh, of an iris from the eye around it. */
function blend(g: Builder, mesh: Value, refined: readonly Value[]): Value {
  const source = Array.from({ length: pointsOfMesh }, (_, index) => index);
  let first = pointsOfMesh;
  for (const { landmarks } of meshRefinements) {
    for (const [index, landmark] of landmarks.entries()) source[landmark] = first + index;
    first += landmarks.length;
  }
  const xy = g.concat([g.slice(mesh, { axis: 2, from: 0, to: 2 }), ...refined], 1);
  const depth = g.slice(mesh, { axis: 2, from: 2, to: 3 });
  const irisDepths = meshRefinements.flatMap(({ landmarks, depthFrom }) => {
    if (!depthFrom) return [];
    const mean = g.reduceMean(g.gather(depth, g.ints(depthFrom), 1), [1]);
    return [g.expand(mean, ["batch", landmarks.length, 1])];
  });
  return g.concat([g.gather(xy, g.ints(source), 1), g.concat([depth, ...irisDepths], 1)], 2);
}
