// The loss scale of half precision: as large as the gradients bear, halved by each step that overflows (Micikevicius et al. 2018).

export type ScaleState = { readonly lossScale: number; readonly steadySteps: number; readonly skippedInARow: number };

/** As PyTorch's GradScaler. */
const first = 65_536;
const steadyStepsToDouble = 2000;

export const firstScale = (precision: "float32" | "float16"): ScaleState => ({
  lossScale: precision === "float16" ? first : 1,
  steadySteps: 0,
  skippedInARow: 0,
});

/** After a step whose gradients were finite or not. In float32 the scale stays 1. */
export function nextScale(
  state: ScaleState,
  step: "finite" | "not-finite",
  precision: "float32" | "float16",
): ScaleState {
  const scales = precision === "float16";
  if (step === "not-finite") {
    const lossScale = scales ? Math.max(1, state.lossScale / 2) : state.lossScale;
    return { lossScale, steadySteps: 0, skippedInARow: state.skippedInARow + 1 };
  }
  const steadySteps = state.steadySteps + 1;
  const doubles = scales && steadySteps >= steadyStepsToDouble;
  return {
    lossScale: doubles ? 2 * state.lossScale : state.lossScale,
    steadySteps: doubles ? 0 : steadySteps,
    skippedInARow: 0,
  };
}
