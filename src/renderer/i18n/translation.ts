// The shape every language has: English's keys, without the plural forms a language does not know.
import type { en } from "./en.ts";

type WithoutSingular<Key> = Key extends `${string}_one` ? never : Key;

type Strings<Section> = { readonly [Key in keyof Section as WithoutSingular<Key>]: string } & {
  readonly [Key in keyof Section as Key extends `${string}_one` ? Key : never]?: string;
};

export type Translation = { readonly [Section in keyof typeof en]: Strings<(typeof en)[Section]> };
