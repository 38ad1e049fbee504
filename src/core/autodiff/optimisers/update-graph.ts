// The optimiser's step for one flat tensor of any length, as a graph of its own: parameters never meet in memory.
import { graph } from "../../onnx/index.ts";
import type { Graph } from "../../onnx/index.ts";
import { adamW, adamWDefaults } from "./adam-w.ts";
import type { AdamWOptions } from "./adam-w.ts";

/**
 * Inputs: "parameter", "gradient", "first", "second" and "average", float32 [n]; the scalars of `adamWRates`; "factor", which
 * the gradient is multiplied by (clipping, loss scale, accumulation); "forgotten" = 1 − decay of the moving average. Outputs:
 * "next/NAME" of all but the gradient. Elementwise, so that the cut into runs does not change a bit of it.
 */
export function updateGraph(options: AdamWOptions = adamWDefaults): Graph {
  return graph("update", (g) => {
    const flat = (name: string) => g.input(name, "float32", ["n"]);
    const scalar = (name: string) => g.input(name, "float32", []);
    const [parameter, gradient, average] = [flat("parameter"), flat("gradient"), flat("average")];
    const state = {
      parameter,
      gradient: g.mul(gradient, scalar("factor")),
      firstMoment: flat("first"),
      secondMoment: flat("second"),
    };
    const rates = { decay: scalar("decay"), stepSize: scalar("stepSize"), secondScale: scalar("secondScale") };
    const next = adamW(g, state, rates, options);
    return {
      "next/parameter": next.parameter,
      "next/first": next.firstMoment,
      "next/second": next.secondMoment,
      "next/average": g.add(average, g.mul(g.sub(next.parameter, average), scalar("forgotten"))),
    };
  });
}
