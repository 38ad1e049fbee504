// What a dub is asked to do, from what was typed: checked before anything is made.
import { extname, resolve } from "node:path";
import { qualities } from "../../shared/project/index.ts";
import type { Quality } from "../../shared/project/index.ts";
import { UsageError } from "../usage-error.ts";

export type DubAsked = {
  /** Absolute. */
  readonly video: string;
  readonly audio: string;
  readonly out: string;
  readonly language: string;
  readonly face: string | undefined;
  readonly range: string | undefined;
  readonly overwrite: boolean;
  /** For segments.generate; what was not said is not there. */
  readonly generate: {
    readonly quality: Quality;
    readonly model?: string;
    readonly steps?: number;
    readonly guidance?: number;
    readonly seed?: number;
    readonly provider?: Provider;
  };
};

const providers = ["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"] as const;
type Provider = (typeof providers)[number];

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** Throws UsageError. "und" is the tag of a language that nobody has said. */
export function dubAsked(values: Values, workingFolder: string): DubAsked {
  const text = (flag: string): string | undefined => {
    const value = values[flag];
    return typeof value === "string" ? value : undefined;
  };
  const needed = (flag: string): string => {
    const value = text(flag);
    if (value !== undefined && value !== "") return resolve(workingFolder, value);
    throw new UsageError(`dub needs --${flag} FILE.`, "Try: dubwright help dub.");
  };
  const number = (flag: string): number | undefined => {
    const value = text(flag);
    if (value === undefined) return undefined;
    if (value !== "" && Number.isFinite(Number(value))) return Number(value);
    throw new UsageError(`--${flag} is a number; found "${value}".`);
  };
  const out = needed("out");
  if (extname(out) === "") throw new UsageError(`--out names a file with .mov, .mkv, .mp4 or .mxf; found "${out}".`);
  const said = {
    model: text("model"),
    steps: number("steps"),
    guidance: number("guidance"),
    seed: number("seed"),
    provider: oneOf(providers, text("provider"), "provider"),
  };
  return {
    video: needed("video"),
    audio: needed("audio"),
    out,
    language: text("language") ?? "und",
    face: text("face"),
    range: text("range"),
    overwrite: values["overwrite"] === true,
    generate: {
      quality: qualityOf(text("quality"), text("profile")),
      ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    },
  };
}

/** `--profile parity` is how the published program's users know it; here it is one of the qualities. */
function qualityOf(quality: string | undefined, profile: string | undefined): Quality {
  const named = oneOf(["parity", "time-true"] as const, profile, "profile");
  const chosen = oneOf(qualities, quality, "quality");
  if (named === "parity" && chosen !== undefined && chosen !== "parity")
    throw new UsageError(`--profile parity and --quality ${chosen} exclude each other.`);
  return named === "parity" ? "parity" : (chosen ?? "full");
}

function oneOf<Name extends string>(names: readonly Name[], value: string | undefined, flag: string): Name | undefined {
  if (value === undefined) return undefined;
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} is one of ${names.join(", ")}; found "${value}".`);
}
