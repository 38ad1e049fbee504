// Help, written from the table: what there is, what it takes, one example of the spelling.
import { contract } from "../shared/contract/index.ts";
import type { OperationName } from "../shared/contract/index.ts";
import {
  aliases,
  isOperation,
  isOwnCommand,
  operationsOf,
  ownCommands,
  subjects,
  terminalDefaults,
  wordsOf,
} from "./commands.ts";
import { fieldsOf, placeholderOf, wordFor } from "./fields.ts";
import type { Field } from "./fields.ts";
import { columns } from "./present/layout.ts";
import { suggestion, UsageError } from "./usage-error.ts";

const program = "dubwright";

const globalRows = [
  ["-p, --project FOLDER", "The project; else the nearest .dubwright folder from here upwards"],
  ["--json", "Lines of JSON instead of text"],
  ["-v, --verbose", "Log what happens to stderr"],
  ["-h, --help", "This help, or that of a subject or command"],
  ["--version", "The version"],
] as const;

const exitRows = [
  ["0", "done"],
  ["1", "refused: you can do something about it"],
  ["2", "the command makes no sense"],
  ["3", "failed: disk, process, device"],
  ["130", "interrupted; jobs go on from their last piece next time"],
] as const;

/** `about` is what stood before --help: nothing, a subject, or a command. */
export function helpText(about: readonly string[]): string {
  const [subject = "", verb = ""] = about;
  const name = aliases[subject] ?? `${subject}.${verb}`;
  if (isOperation(name)) return operationHelp(name);
  const own = about.join(" ");
  if (isOwnCommand(own)) return ownHelp(own);
  if (subject === "") return overview();
  if (subjects.includes(subject) && verb === "") return subjectHelp([subject]);
  throw new UsageError(`There is no command "${own}".`, suggestion(subject, [...subjects, ...Object.keys(aliases)]));
}

function overview(): string {
  return [
    "Dubwright: re-syncs the lips of each language version to its dialogue, on this machine.",
    "",
    `Usage: ${program} SUBJECT VERB [VALUES] [--flags]`,
    "",
    subjectHelp(subjects),
    "",
    ...section("Short words", [
      ...Object.entries(aliases).map(([word, name]) => [word, contract[name].says] as const),
      ["dub", ownCommands.dub.says],
      ["serve", ownCommands.serve.says],
    ]),
    "",
    ...section("Everywhere", globalRows),
    "",
    ...section("Exit codes", exitRows),
  ].join("\n");
}

function subjectHelp(shown: readonly string[]): string {
  const rows = shown.flatMap((subject) => [
    ...operationsOf(subject).map((name) => [synopsis(name), contract[name].says] as const),
    ...Object.entries(ownCommands).flatMap(([words, { says }]) =>
      words.startsWith(`${subject} `) ? [[words, says] as const] : [],
    ),
  ]);
  return section("Commands", rows).join("\n");
}

function operationHelp(name: OperationName): string {
  const fields = fieldsOf(name);
  const { says, project, kind } = contract[name];
  const notes = [
    project === "required" ? "Works on a project: the one of --project, or the nearest from here upwards." : "",
    kind === "job" ? "Runs to its end here. Interrupted, it goes on from its last piece next time." : "",
  ].filter((note) => note !== "");
  return [
    `${says}.`,
    "",
    `Usage: ${program} ${synopsis(name)}${fields.some((field) => !field.isRequired) ? " [--flags]" : ""}`,
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    ...(fields.length === 0
      ? []
      : [
          ...section(
            "Values",
            fields.map((field) => fieldRow(name, field)),
          ),
          "",
        ]),
    ...section("Everywhere", globalRows),
  ].join("\n");
}

function ownHelp(name: keyof typeof ownCommands): string {
  const { says, options } = ownCommands[name];
  const rows = Object.entries(options).map(
    ([flag, option]) => [`--${flag} ${option.placeholder}`.trim(), option.says] as const,
  );
  return [
    `${says}.`,
    "",
    `Usage: ${program} ${name}${rows.length === 0 ? "" : " [--flags]"}`,
    "",
    ...(rows.length === 0 ? [] : [...section("Values", rows), ""]),
    ...section("Everywhere", globalRows),
  ].join("\n");
}

/** "media import PATH": the values that need no flag. */
function synopsis(name: OperationName): string {
  const defaults = terminalDefaults[name] ?? {};
  const plain = fieldsOf(name).filter((field) => field.isRequired && !(field.name in defaults));
  return [wordsOf(name), ...plain.map(wordFor)].join(" ");
}

function fieldRow(name: OperationName, field: Field): readonly [string, string] {
  const ownDefault = field.kind === "boolean" ? "" : field.defaultText;
  const defaultText = terminalDefaults[name]?.[field.name] ?? ownDefault;
  const need =
    defaultText === undefined && field.isRequired ? "needed" : defaultText ? `${defaultText} when missing` : "";
  return [
    `--${field.flag} ${placeholderOf(field)}`.trim(),
    [field.says, need].filter((part) => part !== "").join("; "),
  ];
}

const section = (title: string, rows: readonly (readonly [string, string])[]): readonly string[] => [
  `${title}:`,
  ...columns(rows, { indent: 2 }),
];
