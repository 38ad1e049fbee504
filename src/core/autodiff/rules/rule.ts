// What a gradient rule is: what it is told of a node, what it gives back, and how an operator says that it has no gradient.
import type { AttributeValues, Builder, OpName, Value } from "../../onnx/index.ts";

/** One use of an operator, seen from behind: its inputs x, its output y, and dy = d loss / dy. */
export type GradientSite<Op extends OpName> = {
  /** Builds the gradient beside the node; what a rule makes and nobody reads falls away. */
  readonly g: Builder;
  readonly attributes: AttributeValues<Op>;
  /** An absent optional input is undefined. */
  readonly inputs: readonly (Value | undefined)[];
  /** Input that the operator's signature says is present. */
  readonly x: (index: number) => Value;
  /** The first output and its gradient; `dys` holds those of all outputs, undefined where the loss does not depend on one. */
  readonly y: Value;
  readonly dy: Value;
  readonly dys: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
};

/**
 * d loss / dx for every input x, in order; undefined for inputs that carry no gradient (axes, shapes, conditions). An input
 * that was broadcast may be given a gradient of the larger dims: the walk sums it back.
 */
export type GradientRule<Op extends OpName> = (site: GradientSite<Op>) => readonly (Value | undefined)[];

/**
 * flat: the derivative is zero wherever there is one, so gradients end here without harm.
 * refused: there is a gradient, and the reason why nobody should ask for it here.
 */
export type NoGradient = { readonly kind: "flat" | "refused"; readonly reason: string };

export const flat = (reason: string): NoGradient => ({ kind: "flat", reason });
export const refusedFor = (reason: string): NoGradient => ({ kind: "refused", reason });

/** A rule for every operator; a missing one does not compile. */
export type GradientRules = { readonly [Op in OpName]: GradientRule<Op> | NoGradient };

/** The rules of one family of operators. */
export type FamilyRules = Partial<GradientRules>;
