// Small JSON files of the application itself, outside every project. A damaged one is kept aside and reported.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { settingsSchema } from "../../shared/contract/index.ts";
import { failed } from "../../shared/failure/index.ts";
import { makeFolderDurably, renameDurably, writeFileDurably } from "../base/index.ts";
import type { Clock } from "../base/index.ts";

const recentSchema = z.strictObject({
  projects: z.array(z.strictObject({ name: z.string(), folder: z.string(), openedAt: z.iso.datetime() })),
});

const files = {
  settings: {
    name: "settings.json",
    schema: settingsSchema,
    empty: { theme: "dark" },
  },
  recent: { name: "recent-projects.json", schema: recentSchema, empty: { projects: [] } },
} as const;

type FileName = keyof typeof files;
type ContentOf<Name extends FileName> = z.output<(typeof files)[Name]["schema"]>;

export type AppFiles = {
  readonly read: <Name extends FileName>(name: Name) => Promise<ContentOf<Name>>;
  /** Changes follow each other; each starts from what the one before has written. Answers what is stored now. */
  readonly change: <Name extends FileName>(
    name: Name,
    change: (content: ContentOf<Name>) => ContentOf<Name>,
  ) => Promise<ContentOf<Name>>;
  /** Where damaged files were put aside since the start. */
  readonly putAside: readonly string[];
};

export function openAppFiles(folder: string, clock: Clock): AppFiles {
  const putAside: string[] = [];
  let latest: Promise<unknown> = Promise.resolve();

  async function read<Name extends FileName>(name: Name): Promise<ContentOf<Name>> {
    const path = join(folder, files[name].name);
    const text = await readIfThere(path);
    // The table pairs each name with its own schema, which the compiler cannot follow through a union.
    const schema = files[name].schema as unknown as z.ZodType<ContentOf<Name>>;
    const empty = files[name].empty as unknown as ContentOf<Name>;
    if (text === undefined) return empty;
    const content = schema.safeParse(parseJson(text));
    if (content.success) return content.data;
    const asidePath = `${path}.damaged-${clock.nowMs()}`;
    await renameDurably(path, asidePath);
    putAside.push(asidePath);
    return empty;
  }

  return {
    read: (name) => afterOthers(() => read(name)),
    change: (name, change) =>
      afterOthers(async () => {
        const content = change(await read(name));
        await makeFolderDurably(folder);
        await writeFileDurably(join(folder, files[name].name), `${JSON.stringify(content, undefined, 2)}\n`);
        return content;
      }),
    putAside,
  };

  function afterOthers<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = latest.then(work, work);
    latest = done;
    return done;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw failed("app.file-unreadable", {
      message: `${path} is there but cannot be read.`,
      hint: "Check the permissions of the folder.",
      details: { path },
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
