// Operations on characters: who is seen and heard.
import { z } from "zod";
import { idSchema } from "../project/index.ts";
import { edit, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const characterId = idSchema("character");
const name = z.string().min(1).max(200);
const hueDegrees = z.int().min(0).max(359).describe("Hue of the character's lane on the colour circle");

export const characterOperations = {
  "characters.list": query({
    says: "Characters with their face tracks and segments counted",
    input: z.strictObject({}),
    output: z.strictObject({
      characters: z.array(
        z.strictObject({
          characterId,
          name,
          hueDegrees: z.int(),
          faceTracks: z.int().nonnegative(),
          segments: z.int().nonnegative(),
          hasConsent: z.boolean(),
        }),
      ),
    }),
  }),
  "characters.add": edit({
    says: "Add a character",
    input: z.strictObject({ name, hueDegrees: hueDegrees.optional() }),
    output: editAnswerSchema.extend({ characterId }),
  }),
  "characters.rename": edit({
    says: "Rename a character",
    input: z.strictObject({ characterId, name }),
    output: editAnswerSchema,
  }),
  "characters.color": edit({
    says: "Give a character's lane another hue",
    input: z.strictObject({ characterId, hueDegrees }),
    output: editAnswerSchema,
  }),
  "characters.move": edit({
    says: "Move a character to another place in the list, counted from 0",
    input: z.strictObject({ characterId, order: z.int().nonnegative() }),
    output: editAnswerSchema,
  }),
  "characters.remove": edit({
    says: "Remove a character; its face tracks, segments and dialogue then belong to nobody",
    input: z.strictObject({ characterId }),
    output: editAnswerSchema,
  }),
};
