// Handlers of localized versions.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import { addVersion, createId, removeVersion, renameVersion } from "../../../shared/project/index.ts";
import type { ProjectView, Version } from "../../../shared/project/index.ts";
import { languageName } from "../../media/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "versions.add" | "versions.list" | "versions.rename" | "versions.remove";

export function versionHandlers({ current, edit, random }: HandlerTools): Pick<Handlers, Names> {
  return {
    "versions.add": async ({ language, name }) => {
      const versionId = createId("version", random.bytes);
      const version: Version = {
        type: "version",
        id: versionId,
        language,
        name: name ?? languageName(language),
        order: 0,
      };
      const { revision } = edit("versions.add", (view) => addVersion(view, version));
      return { revision, versionId };
    },
    "versions.list": async () => {
      const { view } = current.get().project;
      return { versions: view.list("version").map((version) => describeVersion(view, version)) };
    },
    "versions.rename": async ({ versionId, name }) =>
      edit("versions.rename", (view) => renameVersion(view, versionId, name)),
    "versions.remove": async ({ versionId }) => edit("versions.remove", (view) => removeVersion(view, versionId)),
  };
}

type Listed = AnswerOf<"versions.list">["versions"][number];

function describeVersion(view: ProjectView, { id, language, name }: Version): Listed {
  const tracks = view.list("audio-track", { versionId: id });
  const segments = view.list("segment", { versionId: id });
  const dialogueTracks = tracks.filter(({ stem }) => stem === "dialogue").length;
  const inState = (state: string) => segments.filter((segment) => segment.state === state).length;
  return {
    versionId: id,
    language,
    name,
    dialogueTracks,
    otherTracks: tracks.length - dialogueTracks,
    segments: segments.length,
    proposed: inState("proposed"),
    toDo: inState("to-do"),
    approved: inState("approved"),
    takes: segments.reduce((sum, { id: segmentId }) => sum + view.list("take", { segmentId }).length, 0),
  };
}
