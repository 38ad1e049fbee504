// Handlers of the open project as a whole: create, open, close, read its records.
import type { Handlers } from "../../../shared/contract/index.ts";
import { refused, toFailureData } from "../../../shared/failure/index.ts";
import { recordSchemas, renameProject, setOriginalLanguage } from "../../../shared/project/index.ts";
import type { RecordType } from "../../../shared/project/index.ts";
import type { RecordFilter } from "../../store/index.ts";
import { isThere } from "../existing-files.ts";
import { isoTime } from "../job-summaries.ts";
import { projectInfo } from "../opened-project.ts";
import type { OpenedProject } from "../opened-project.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names =
  | "project.create"
  | "project.open"
  | "project.close"
  | "project.info"
  | "project.recent"
  | "project.rename"
  | "project.language"
  | "record.list";

const keptRecent = 20;

export function projectHandlers({ tools, current, edit, appFiles, clock }: HandlerTools): Pick<Handlers, Names> {
  const remember = async (opened: OpenedProject) => {
    const info = projectInfo(opened);
    const entry = { name: info.name, folder: info.folder, openedAt: isoTime(clock.nowMs()) };
    const keeping = appFiles.change("recent", ({ projects }) => ({
      projects: [entry, ...projects.filter(({ folder }) => folder !== info.folder)].slice(0, keptRecent),
    }));
    // A full or locked home folder is no reason to call a project unopened that is open.
    const [outcome] = await Promise.allSettled([keeping]);
    if (outcome.status === "rejected")
      tools.logger.error("The list of recent projects was not kept.", { failure: toFailureData(outcome.reason) });
    return info;
  };
  return {
    "project.create": async (place) => remember(await current.create(place)),
    "project.open": async ({ folder }) => remember(await current.open(folder)),
    "project.close": async () => {
      await current.close();
      return {};
    },
    "project.info": async () => {
      const opened = current.find();
      return { project: opened ? projectInfo(opened) : null };
    },
    "project.recent": async () => {
      const { projects } = await appFiles.read("recent");
      return {
        projects: await Promise.all(
          projects.map(async (project) => ({ ...project, isPresent: await isThere(project.folder) })),
        ),
      };
    },
    "project.rename": async ({ name }) => edit("project.rename", (view) => renameProject(view, name)),
    "project.language": async ({ language }) => edit("project.language", (view) => setOriginalLanguage(view, language)),
    "record.list": async ({ type, after, limit, ...filter }) => {
      const { project } = current.get();
      const page = project.page(type, { after, limit, filter: filterFor(type, filter) });
      return { records: [...page.records], next: page.next ?? null, revision: project.revision };
    },
  };
}

type AskedFilter = Readonly<Record<"reelId" | "versionId" | "segmentId", string | undefined>>;

/** A field that records of this type don't have would find nothing; saying so helps more. */
function filterFor<Type extends RecordType>(type: Type, asked: Partial<AskedFilter>): RecordFilter<Type> {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  for (const [field] of given) {
    if (!(field in recordSchemas[type].shape))
      throw refused("record.no-such-filter", {
        message: `Records of the type ${type} have no ${field} to filter by.`,
        details: { type, field },
      });
  }
  return Object.fromEntries(given) as RecordFilter<Type>;
}
