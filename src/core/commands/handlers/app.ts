// Handlers of the application itself: what it is, its settings, what this machine has, folders to choose from.
import type { Handlers } from "../../../shared/contract/index.ts";
import { browse } from "../browse.ts";
import { examineMachine } from "../doctor.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "app.info" | "app.doctor" | "app.settings" | "app.set" | "app.browse";

export function appHandlers(handlerTools: HandlerTools): Pick<Handlers, Names> {
  const { tools, appFiles, current, ffmpeg } = handlerTools;
  const projectFolder = () => current.find()?.project.paths.folder;
  return {
    "app.info": async () => ({
      version: tools.version,
      platform: `${process.platform}-${process.arch}`,
      host: tools.host,
    }),
    "app.doctor": async () => ({
      findings: await examineMachine({ tools, appFiles, ffmpeg, projectFolder: projectFolder() }),
    }),
    "app.settings": () => appFiles.read("settings"),
    "app.set": (changes) => appFiles.change("settings", (settings) => ({ ...settings, ...definedOf(changes) })),
    "app.browse": ({ folder }) => browse(folder, { home: tools.folders.home, projectFolder: projectFolder() }),
  };
}

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

/** Without fields that are there but undefined. */
const definedOf = <Value extends object>(value: Value): Defined<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<Value>;
