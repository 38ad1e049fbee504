// What a walked pickle is made of: plain data and descriptions of tensors, never an object with behaviour.
import type { WeightDtype } from "./tensor-file.ts";

/** A storage: the flat run of elements that tensors are windows on. `key` names its entry in the zip. */
export type StorageRef = {
  readonly kind: "storage";
  readonly dtype: WeightDtype;
  readonly key: string;
  readonly elementCount: number;
};

/** A window on a storage; strides and offset count elements. */
export type TensorRef = {
  readonly kind: "tensor";
  readonly storage: StorageRef;
  readonly offsetElements: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
};

/** A name on the allow-list, before it is called. */
export type GlobalRef = { readonly kind: "global"; readonly name: string };

export type PickleTuple = { readonly kind: "tuple"; readonly items: readonly PickleValue[] };
export type PickleList = { readonly kind: "list"; readonly items: PickleValue[] };
export type PickleDict = {
  readonly kind: "dict";
  readonly isOrdered: boolean;
  readonly entries: Map<string | number, PickleValue>;
};

export type PickleValue =
  | undefined
  | boolean
  | number
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | GlobalRef
  | StorageRef
  | TensorRef;
