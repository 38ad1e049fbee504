// Handlers of backups.
import type { Handlers } from "../../../shared/contract/index.ts";
import type { Backup } from "../../store/index.ts";
import { isoTime } from "../job-summaries.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "backup.list" | "backup.restore";

export function backupHandlers({ current }: HandlerTools): Pick<Handlers, Names> {
  return {
    "backup.list": async () => {
      const backups = await current.get().project.backups.list();
      return { backups: backups.map(describeBackup) };
    },
    "backup.restore": async ({ name }) => ({ folder: await current.get().project.backups.restore(name) }),
  };
}

export const describeBackup = ({ name, madeMs, tier, sizeBytes }: Backup) => ({
  name,
  madeAt: isoTime(madeMs),
  tier,
  sizeBytes,
});
