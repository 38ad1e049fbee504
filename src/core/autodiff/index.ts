// The door of core/autodiff: gradients and optimisers as more graph, run by the runtime that runs the networks.
//
// A rule per operator says what comes back for what went in; `backward` walks a graph from its loss to what is asked for and
// lets the rules write their answer behind it:
//
//   const loss = graph("square", (g) => {
//     const x = g.input("x", "float32", [3]);
//     return { loss: g.reduceSum(g.mul(x, x), [0], "drop") };
//   });
//   backward(loss, { loss: "loss", of: ["x"] });   // outputs: loss, and "grad/x" = x + x
export { backward, gradientName } from "./backward.ts";
export type { BackwardOptions } from "./backward.ts";
export { layerOf, planRecomputation } from "./plan-recomputation.ts";
export type { PlanOptions, RecomputationPlan } from "./plan-recomputation.ts";
export type { BlockOf } from "./recompute.ts";
export { adamW, adamWDefaults, adamWRates } from "./optimisers/adam-w.ts";
export type { AdamWOptions, AdamWRates, AdamWScalars, AdamWState } from "./optimisers/adam-w.ts";
export { movingAverage, warmedDecay } from "./optimisers/average.ts";
export { clipByGlobalNorm, globalNorm } from "./optimisers/clip.ts";
export { constantRate, cosineRate, warmUp } from "./optimisers/schedules.ts";
export type { RateSchedule } from "./optimisers/schedules.ts";
export { sgd } from "./optimisers/sgd.ts";
export type { SgdOptions, SgdState } from "./optimisers/sgd.ts";
export { trainingStep } from "./optimisers/training-step.ts";
export type { TrainingStep, TrainingStepOptions } from "./optimisers/training-step.ts";
export { updateGraph } from "./optimisers/update-graph.ts";
export { gradientRules } from "./rules/table.ts";
export type { GradientRule, GradientRules, GradientSite, NoGradient } from "./rules/rule.ts";
