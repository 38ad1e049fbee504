// What an exported file is called: a pattern with tokens, and whether the outcome can be a file on every system.
import { assert } from "../../../shared/failure/index.ts";

/** The tokens of a pattern and what they stand for, as they are written between braces. */
export const nameTokens = ["project", "reel", "version", "language", "preset", "codec", "size", "rate"] as const;
export type NameToken = (typeof nameTokens)[number];

/** The pattern with every token replaced, unless it holds one that does not exist; names of people's making are not mended. */
export function fileNameOf(pattern: string, values: Readonly<Record<NameToken, string>>): string {
  return pattern.replaceAll(/\{([^{}]*)\}/gu, (_whole, token: string) => {
    const known = nameTokens.find((name) => name === token);
    assert(known !== undefined, `a pattern's tokens are ${nameTokens.join(", ")}, not ${token}`);
    return values[known];
  });
}

/** Names that Windows keeps for devices, with any ending. */
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/iu;
/** Of the name while it is being written, with the longest ending that is put after it. */
const mostNameBytes = 255 - Buffer.byteLength(".report.json.partial-0000000-0000");

const rules: readonly (readonly [isBroken: (name: string) => boolean, problem: string])[] = [
  [(name) => name.trim() === "", "it is empty"],
  [(name) => /[\\/]/u.test(name), "it holds a slash"],
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  [(name) => /[\u0000-\u001f\u007f]/u.test(name), "it holds a control character"],
  [(name) => /[<>:"|?*]/u.test(name), 'it holds one of < > : " | ? *, which Windows refuses'],
  [(name) => /[. ]$/u.test(name), "it ends with a dot or a space, which Windows drops"],
  [(name) => /^[.-]/u.test(name), "it begins with a dot or a dash"],
  [(name) => deviceName.test(name), "Windows keeps it for a device"],
  [(name) => Buffer.byteLength(name) > mostNameBytes, `it is longer than ${mostNameBytes} bytes`],
];

/** Why no file can have this name; undefined when one can. Strict enough for every disk the file may travel on. */
export const nameProblem = (name: string): string | undefined => rules.find(([isBroken]) => isBroken(name))?.[1];
