// Sine and cosine from multiplications alone, for devices whose own are rough.
import type { Operand } from "../build/emitter.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { rebuild } from "./rebuild.ts";
import type { Site } from "./rebuild.ts";

// pi in three parts, the first two of so few bits that a multiple of them below 2^13 is exact in float32 (Cody & Waite 1980).
const piParts = [3.140625, 9.67502593994140625e-4, 1.509957990978376e-7] as const;
// sin r / r = 1 - r^2 / 3! + r^4 / 5! - ...; what is left out is below 1e-9 for |r| <= pi / 2.
const sineTerms = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800, 1 / 6_227_020_800] as const;

/**
 * sin(x + shift pi), shift 0 or 1/2, for |x| up to 10,000. WGSL promises a sine to 2^-11 within one turn and nothing beyond:
 * the sinusoids of timesteps were 1e-4 off on SwiftShader, and a whole U-Net with them; these are 1e-7 off on any device.
 */
const exactSine =
  (shift: 0 | 0.5) =>
  ({ g, x }: Site): Value => {
    const input = x(0);
    // x = turns pi + rest, |rest| <= pi / 2, and the sign turns over with each half turn.
    const halfTurns = g.floor(g.add(g.mul(input, 1 / Math.PI), shift + 0.5));
    const turns = shift === 0 ? halfTurns : g.sub(halfTurns, shift);
    const rest = piParts.reduce<Value>((left, part) => g.sub(left, g.mul(turns, part)), input);
    const square = g.mul(rest, rest);
    const series = sineTerms
      .slice(0, -1)
      .reduceRight<Operand>((sum, term) => g.add(g.mul(square, sum), term), sineTerms[6]);
    const odd = g.sub(halfTurns, g.mul(g.floor(g.mul(halfTurns, 0.5)), 2));
    return g.mul(g.mul(rest, series), g.add(g.mul(odd, -2), 1));
  };

const sineRules: Readonly<Record<string, (site: Site) => Value>> = { Sin: exactSine(0), Cos: exactSine(0.5) };

/** After the graph was narrowed to halves: what is written out here keeps the type that its sine had, which is float32. */
export const writeOutSines = (graph: Graph): Graph => rebuild(graph, (site) => sineRules[site.node.op]?.(site));
