// Every operator of the house with its gradient, or with the reason why it has none. One that is missing does not compile.
import { compositeRules } from "./composite.ts";
import { elementwiseRules, siluSlope } from "./elementwise.ts";
import { layerRules } from "./layers.ts";
import { layoutRules } from "./layout.ts";
import { normRules } from "./norms.ts";
import type { GradientRules } from "./rule.ts";
import { rulesWithout } from "./without.ts";

export const gradientRules: GradientRules = {
  ...elementwiseRules,
  ...layoutRules,
  ...layerRules,
  ...normRules,
  ...compositeRules,
  // y = x σ(αx); networks write it themselves, besides the lowering of SiLU
  QuickGelu: ({ g, x, dy, attributes }) => [g.mul(dy, siluSlope(g, x(0), attributes.alpha))],
  ...rulesWithout,
};
