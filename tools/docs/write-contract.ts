// Writes docs/contract.md from the contract's table: everything the product can be asked, with its types.
// Run after each change of src/shared/contract: node_modules/.bin/node tools/docs/write-contract.ts
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import {
  contract,
  contractEventSchema,
  failureDataSchema,
  jobProgressSchema,
  jobSummarySchema,
  operationNames,
  projectInfoSchema,
  settingsSchema,
} from "../../src/shared/contract/index.ts";
import type { OperationName } from "../../src/shared/contract/index.ts";
import {
  anyRecordSchema,
  contentIdentitySchema,
  diffSchema,
  mediaFactsSchema,
  recordSchemas,
} from "../../src/shared/project/index.ts";
import { notationOf } from "./type-notation.ts";
import type { JsonSchema } from "./type-notation.ts";

export const contractPagePath = fileURLToPath(new URL("../../docs/contract.md", import.meta.url));

/** Types that are told once, at the end of the page. */
const named: Readonly<Record<string, z.ZodType>> = {
  Failure: failureDataSchema,
  Job: jobSummarySchema,
  JobProgress: jobProgressSchema,
  ProjectInfo: projectInfoSchema,
  Settings: settingsSchema,
  Diff: diffSchema,
  MediaFacts: mediaFactsSchema,
  ContentIdentity: contentIdentitySchema,
  AnyRecord: anyRecordSchema,
  ...Object.fromEntries(Object.entries(recordSchemas).map(([type, schema]) => [typeName(type), schema])),
};

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) names.add(schema, { id });

/** "audio-track" -> "AudioTrack". */
function typeName(type: string): string {
  return type.replaceAll(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

// As "input": what crosses the wire, before ids get their brand and defaults their value.
function notation(schema: z.ZodType): string {
  return notationOf(z.toJSONSchema(schema, { io: "input", metadata: names, unrepresentable: "any" }) as JsonSchema);
}

/** A named type's own fields: a bare copy of it, so that it is not printed as its own name. */
function definition(name: string): string {
  const whole = z.toJSONSchema(names, { io: "input", unrepresentable: "any" });
  return notationOf((whole.schemas[name] ?? {}) as JsonSchema);
}

const kindText = (name: OperationName): string => {
  const operation = contract[name];
  if (operation.kind === "query") return "Query: reads, changes nothing.";
  if (operation.kind === "job") return "Job: answers `{ jobId }` at once; the result below stays in the job's record.";
  return operation.undoable ? "Edit: one diff, which undo takes back." : "Act: undo does not reach it.";
};

const needText = { required: "Needs an open project.", optional: "", none: "" } as const;

function operationText(name: OperationName): readonly string[] {
  const { says, project, input, output } = contract[name];
  return [
    `### ${name}`,
    "",
    `${says}. ${[kindText(name), needText[project]].filter((text) => text !== "").join(" ")}`,
    "",
    "```ts",
    `input:  ${notation(input)}`,
    `output: ${notation(output)}`,
    "```",
    "",
  ];
}

export function contractPage(): string {
  const subjects = [...new Set(operationNames.map((name) => name.split(".")[0] ?? ""))];
  return [
    "# The contract",
    "",
    "<!-- Written by tools/docs/write-contract.ts from src/shared/contract. Changes made here are lost. -->",
    "",
    "Everything Dubwright can be asked, by its page, its command line (`npm run -s dubwright -- SUBJECT VERB --help`) and",
    "its tests alike. Calls are checked against these types on arrival. A call fails with a `Failure`, whose `kind` says",
    "whether the person can act (`refused`) or the world failed (`failed`). `time` is ISO 8601 in UTC; URLs are relative to",
    "the host and carry byte ranges.",
    "",
    ...subjects.flatMap((subject) => [
      `## ${subject}`,
      "",
      ...operationNames.filter((name) => name.startsWith(`${subject}.`)).flatMap(operationText),
    ]),
    "## Events",
    "",
    "What the core announces to every connection. Events tell what happened; nobody may rely on one to get work done.",
    "",
    "```ts",
    notation(contractEventSchema).replace("\n", ""),
    "```",
    "",
    "## Types",
    "",
    ...Object.keys(named).flatMap((name) => ["```ts", `${name} = ${definition(name)}`, "```", ""]),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(contractPagePath, contractPage());
