// What an operator is: ports with type variables, attributes, and the rule that gives the types of its outputs.
import { assert } from "../../../shared/failure/index.ts";
import type { Dim } from "../graph/dim.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import { allDTypes } from "../graph/dtype.ts";
import type { ValueType } from "../graph/graph.ts";

/** "" is ONNX itself. "dubwright" holds composites: single nodes here, lowered for each provider before writing. */
export type Domain = "" | "com.microsoft" | "dubwright";

type AttributeKinds = {
  readonly int: number;
  readonly float: number;
  readonly string: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly tensor: Tensor;
};
export type AttributeKind = keyof AttributeKinds;
export type AttributeValue = AttributeKinds[AttributeKind];

type AttributeSpec<K extends AttributeKind = AttributeKind, Given extends boolean = boolean> = {
  readonly kind: K;
  /** The file may leave it out. */
  readonly optional: boolean;
  readonly fallback?: AttributeKinds[K] | undefined;
  /** Only for the types: always present once defaults are filled in. */
  readonly given?: Given;
};
export type AttributeSpecs = Readonly<Record<string, AttributeSpec>>;

/** An attribute that must be given. */
export const need = <K extends AttributeKind>(kind: K): AttributeSpec<K, true> => ({ kind, optional: false });
/** An attribute that may be left out. */
export const may = <K extends AttributeKind>(kind: K): AttributeSpec<K, false> => ({ kind, optional: true });
/** An attribute with a default. */
export const or = <K extends AttributeKind>(kind: K, fallback: AttributeKinds[K]): AttributeSpec<K, true> => ({
  kind,
  optional: true,
  fallback,
});

/** Attributes with defaults filled in. */
export type Filled<S extends AttributeSpecs> = {
  readonly [A in keyof S]: S[A] extends AttributeSpec<infer K, infer Given>
    ? Given extends true
      ? AttributeKinds[K]
      : AttributeKinds[K] | undefined
    : never;
};

/** Attributes as a caller writes them: what has a default may be left out. */
export type Written<S extends AttributeSpecs> = { readonly [A in keyof S]?: AttributeKinds[S[A]["kind"]] | undefined };

export type Port = {
  readonly name: string;
  /** A type variable of the operator, or a dtype. */
  readonly type: string;
  readonly optional: boolean;
  readonly variadic: boolean;
};

/** What a rule may ask about one use of its operator. It throws through `fail`, which names the node. */
export type Call<A> = {
  readonly attributes: A;
  readonly inputs: readonly (ValueType | undefined)[];
  readonly outputCount: number;
  /** The dims of input `index`, which the signature says is present. */
  readonly dims: (index: number) => readonly Dim[];
  /** The known elements of an integer input; fails when they depend on data. */
  readonly elements: (index: number) => readonly Dim[];
  /** Both sizes must be equal: gives it, or fails saying what was compared. */
  readonly same: (a: Dim, b: Dim, what: string) => Dim;
  readonly fail: (why: string) => never;
};

/** What a rule says of one output; the dtype comes from the signature unless given. */
export type Inferred = {
  readonly dims: readonly Dim[];
  readonly dtype?: DType;
  readonly elements?: readonly Dim[] | undefined;
};

export type Operator<S extends AttributeSpecs = AttributeSpecs> = {
  readonly domain: Domain;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Type variable -> dtypes it may stand for. */
  readonly types: Readonly<Record<string, readonly DType[]>>;
  readonly attributes: S;
  // Method form: an operator of particular attributes is usable where any operator is expected.
  infer(call: Call<Filled<S>>): readonly Inferred[];
};

function port(text: string): Port {
  const parts = /^(\w+)([?*]?): (\w+)$/.exec(text.trim());
  assert(parts !== null, `port "${text}" is not written as "name: type", "name?: type" or "name*: type"`);
  const [, name = "", mark, type = ""] = parts;
  return { name, type, optional: mark === "?", variadic: mark === "*" };
}

const ports = (text: string): readonly Port[] => (text.trim() === "" ? [] : text.split(",").map(port));

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- an operator without attributes: empty is meant
type NoAttributes = Readonly<Record<never, AttributeSpec>>;

type OperatorParts<S extends AttributeSpecs> = {
  readonly domain?: Domain;
  readonly types?: Readonly<Record<string, readonly DType[]>>;
  readonly attributes?: S;
  readonly infer: (call: Call<Filled<S>>) => readonly Inferred[];
};

/** An operator from its signature "X: T, W: T, B?: T -> Y: T"; `?` optional, `*` any number. */
export function operator<const S extends AttributeSpecs = NoAttributes>(
  signature: string,
  { domain = "", types = {}, attributes, infer }: OperatorParts<S>,
): Operator<S> {
  const [left = "", right = ""] = signature.split("->");
  const inputs = ports(left);
  const outputs = ports(right);
  for (const { type } of [...inputs, ...outputs])
    assert(type in types || allDTypes.includes(type as DType), `${signature}: "${type}" is neither variable nor dtype`);
  return { domain, inputs, outputs, types, attributes: attributes ?? ({} as S), infer };
}
