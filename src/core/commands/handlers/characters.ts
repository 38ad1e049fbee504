// Handlers of characters.
import type { Handlers } from "../../../shared/contract/index.ts";
import {
  addCharacter,
  changeCharacter,
  createId,
  moveCharacter,
  removeCharacter,
} from "../../../shared/project/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names =
  | "characters.list"
  | "characters.add"
  | "characters.rename"
  | "characters.color"
  | "characters.move"
  | "characters.remove";

/** Hues of characters that follow each other lie far apart: the golden angle. */
const nextHueDegrees = 137.5;

export function characterHandlers({ current, edit, random }: HandlerTools): Pick<Handlers, Names> {
  return {
    "characters.list": async () => {
      const { view } = current.get().project;
      return {
        characters: view.list("character").map(({ id, name, hueDegrees, consent }) => ({
          characterId: id,
          name,
          hueDegrees,
          faceTracks: view.list("face-track", { characterId: id }).length,
          segments: view.list("segment", { characterId: id }).length,
          hasConsent: consent !== null,
        })),
      };
    },
    "characters.add": async ({ name, hueDegrees }) => {
      const characterId = createId("character", random.bytes);
      const { revision } = edit("characters.add", (view) => {
        const count = view.list("character").length;
        const hue = hueDegrees ?? Math.round(20 + count * nextHueDegrees) % 360;
        return addCharacter(view, {
          type: "character",
          id: characterId,
          name,
          order: count,
          hueDegrees: hue,
          consent: null,
        });
      });
      return { revision, characterId };
    },
    "characters.rename": async ({ characterId, name }) =>
      edit("characters.rename", (view) => changeCharacter(view, characterId, { name })),
    "characters.color": async ({ characterId, hueDegrees }) =>
      edit("characters.color", (view) => changeCharacter(view, characterId, { hueDegrees })),
    "characters.move": async ({ characterId, order }) =>
      edit("characters.move", (view) => moveCharacter(view, characterId, order)),
    "characters.remove": async ({ characterId }) =>
      edit("characters.remove", (view) => removeCharacter(view, characterId)),
  };
}
