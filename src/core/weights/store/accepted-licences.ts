// Which licences a person has accepted, when, and in which words.
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import { makeFolderDurably, writeFileDurably } from "../../base/index.ts";
import { licenceTextSha256 } from "./manifest.ts";
import type { Licence } from "./manifest.ts";

const acceptanceSchema = z.strictObject({
  licenceId: z.string(),
  /** Of what was shown: see `licenceTextSha256`. */
  textSha256: z.string(),
  acceptedAt: z.iso.datetime(),
});
const fileSchema = z.strictObject({ accepted: z.array(acceptanceSchema) });

export type Acceptance = z.infer<typeof acceptanceSchema>;

/** None when the file is missing; refuses one that is damaged, because it is a record of what a person agreed to. */
export async function readAcceptances(path: string): Promise<readonly Acceptance[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return [];
  const parsed = fileSchema.safeParse(jsonOrUndefined(text));
  if (parsed.success) return parsed.data.accepted;
  throw refused("models.acceptances-damaged", {
    message: `${path}, which records the licences you have accepted, is damaged.`,
    hint: "Move it away; you will be asked again.",
    details: { path },
  });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An acceptance holds for the words that were shown; when they change, the licence is shown again. */
export function findAcceptance(acceptances: readonly Acceptance[], licence: Licence): Acceptance | undefined {
  const textSha256 = licenceTextSha256(licence);
  return acceptances.find((each) => each.licenceId === licence.id && each.textSha256 === textSha256);
}

type Accepting = { readonly path: string; readonly licence: Licence; readonly acceptedAt: string };

/** Adds an acceptance; earlier ones stay. */
export async function recordAcceptance({ path, licence, acceptedAt }: Accepting): Promise<Acceptance> {
  const acceptances = await readAcceptances(path);
  const known = findAcceptance(acceptances, licence);
  if (known) return known;
  const acceptance = { licenceId: licence.id, textSha256: licenceTextSha256(licence), acceptedAt };
  await makeFolderDurably(dirname(path));
  await writeFileDurably(path, `${JSON.stringify({ accepted: [...acceptances, acceptance] }, undefined, 2)}\n`);
  return acceptance;
}

export const notAccepted = (licence: Licence) =>
  refused("models.licence-not-accepted", {
    message:
      `The licence ${licence.title} has not been accepted on this machine. ${licence.summary}` +
      (licence.restrictions.length === 0
        ? ""
        : ` It forbids: ${licence.restrictions.map((each, index) => `(${index + 1}) ${each}`).join(" ")}`),
    hint: `Read it at ${licence.url}, then accept it: --accept-licence.`,
    details: { licenceId: licence.id, url: licence.url },
  });
