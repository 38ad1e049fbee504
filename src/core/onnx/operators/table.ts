// Every operator of the house in one table. A rule table keyed by OpName that misses one does not compile.
import { compositeOperators } from "./composite.ts";
import { contribOperators } from "./contrib.ts";
import { elementwiseOperators } from "./elementwise.ts";
import { layerOperators } from "./layers.ts";
import { layoutOperators } from "./layout.ts";
import { normOperators } from "./norms.ts";
import type { Filled, Operator, Written } from "./operator.ts";
import { quantisedOperators } from "./quantised.ts";

export const operators = {
  ...elementwiseOperators,
  ...layoutOperators,
  ...layerOperators,
  ...normOperators,
  ...quantisedOperators,
  ...contribOperators,
  ...compositeOperators,
} as const satisfies Record<string, Operator>;

export type OpName = keyof typeof operators;
export type CompositeName = keyof typeof compositeOperators;

/** An operator's attributes with defaults filled in. */
export type AttributeValues<Op extends OpName> = Filled<(typeof operators)[Op]["attributes"]>;

/** An operator's attributes as a caller writes them. */
export type AttributesGiven<Op extends OpName> = Written<(typeof operators)[Op]["attributes"]>;

export const isOpName = (name: string): name is OpName => Object.hasOwn(operators, name);

/** The operator seen without its particular attributes. */
export const operatorOf = (name: OpName): Operator => operators[name];
