// From what was typed to what is asked: a pure function, so that every spelling is a plain test.
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
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
import type { OwnCommand } from "./commands.ts";
import { fieldsOf, wordFor } from "./fields.ts";
import type { Field } from "./fields.ts";
import { suggestion, UsageError } from "./usage-error.ts";

export type GlobalOptions = {
  /** Lines of JSON instead of text. */
  readonly isJson: boolean;
  /** Log lines on stderr. */
  readonly isVerbose: boolean;
  /** The project's folder; undefined looks for one from the present folder upwards. */
  readonly projectFolder: string | undefined;
};

export type Asked = GlobalOptions &
  (
    | { readonly type: "operation"; readonly name: OperationName; readonly inputs: readonly unknown[] }
    | { readonly type: "own"; readonly name: OwnCommand; readonly values: OptionValues }
    | { readonly type: "help"; readonly about: readonly string[] }
    | { readonly type: "version" }
  );

type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

const globalOptions = {
  project: { type: "string", short: "p" },
  json: { type: "boolean" },
  verbose: { type: "boolean", short: "v" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const satisfies ParseArgsConfig["options"];

/** `args` without node and script. Throws UsageError. */
export function parseArguments(args: readonly string[]): Asked {
  const { words, rest } = splitCommand(args);
  const isHelp = rest.includes("--help") || rest.includes("-h");
  if (words.length === 0 || isHelp || words[0] === "help") {
    if (words.length === 0 && !isHelp) {
      const { values, options } = read(rest, {});
      if (values["version"] === true) return { type: "version", ...options };
    }
    return { type: "help", about: words.filter((word) => word !== "help"), ...noOptions };
  }
  const name = commandOf(words);
  return isOwnCommand(name) ? parseOwn(name, rest) : parseOperation(name, rest);
}

const noOptions: GlobalOptions = { isJson: false, isVerbose: false, projectFolder: undefined };

/** The words that name a command are the first ones that are no option; the value of `--project` may stand before. */
function splitCommand(args: readonly string[]): {
  readonly words: readonly string[];
  readonly rest: readonly string[];
} {
  const words: string[] = [];
  const rest = [...args];
  for (let index = 0; index < rest.length && words.length < (words[0] === "help" ? 3 : 2);) {
    const arg = rest[index] ?? "";
    if (arg === "--project" || arg === "-p") index += 2;
    else if (arg.startsWith("-")) index += 1;
    else if (words.length === 1 && isWhole(words[0] ?? "") && !isOperation(`${words[0]}.${arg}`)) break;
    else words.push(...rest.splice(index, 1));
  }
  return { words, rest };
}

/** A command of one word: what follows is its values. */
const isWhole = (word: string): boolean => word in aliases || isOwnCommand(word);

function commandOf(words: readonly string[]): OperationName | OwnCommand {
  const [subject = "", verb] = words;
  const alias = aliases[subject];
  if (alias !== undefined && verb === undefined) return alias;
  const own = words.join(" ");
  if (isOwnCommand(own)) return own;
  const known = [...subjects, ...Object.keys(aliases), ...Object.keys(ownCommands), "help"];
  if (!subjects.includes(subject))
    throw new UsageError(`There is no command "${subject}".`, suggestion(subject, known));
  const verbs = operationsOf(subject).map((name) => name.slice(subject.length + 1));
  const ownVerbs = Object.keys(ownCommands).flatMap((each) =>
    each.startsWith(`${subject} `) ? [each.slice(subject.length + 1)] : [],
  );
  if (verb === undefined)
    throw new UsageError(`What about ${subject}? Say one of: ${[...verbs, ...ownVerbs].join(", ")}.`);
  const name = `${subject}.${verb}`;
  if (isOperation(name)) return name;
  throw new UsageError(
    `${subject} has no verb "${verb}"; it has ${[...verbs, ...ownVerbs].join(", ")}.`,
    suggestion(verb, [...verbs, ...ownVerbs]),
  );
}

function parseOwn(name: OwnCommand, rest: readonly string[]): Asked {
  const { values, positionals, options } = read(rest, ownCommands[name].options);
  if (positionals.length > 0) throw new UsageError(`${name} takes no "${positionals[0]}".`);
  return { type: "own", name, values, ...options };
}

/** Fields without a flag: the required ones, in the order of the table. The last one may be given several times. */
function parseOperation(name: OperationName, rest: readonly string[]): Asked {
  const fields = fieldsOf(name);
  const flags = Object.fromEntries(
    fields.map(({ flag, kind, isList }) => [
      flag,
      { type: kind === "boolean" ? ("boolean" as const) : ("string" as const), multiple: isList },
    ]),
  );
  const { values, positionals, options } = read(rest, flags);
  const named = fields.flatMap((field) => {
    const value = values[field.flag];
    return value === undefined ? [] : [[field.name, valueOf(field, value)] as const];
  });
  const input: Record<string, unknown> = { ...terminalDefaults[name], ...Object.fromEntries(named) };
  const open = fields.filter((field) => field.isRequired && !(field.name in input));
  const last = open.at(-1);
  if (positionals.length < open.length) {
    const missing = open.slice(positionals.length).map(wordFor);
    throw new UsageError(`${wordsOf(name)} needs ${missing.join(" and ")}.`, `Try: dubwright help ${wordsOf(name)}.`);
  }
  if (!last) {
    if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is one too many.`, "Flags begin with --.");
    return { type: "operation", name, inputs: [input], ...options };
  }
  for (const [index, field] of open.slice(0, -1).entries())
    input[field.name] = valueOf(field, positionals[index] ?? "");
  const lastValues = positionals.slice(open.length - 1);
  const inputs = lastValues.map((value) => ({ ...input, [last.name]: valueOf(last, value) }));
  return { type: "operation", name, inputs, ...options };
}

type Flags = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean }>>;

function read(rest: readonly string[], flags: Flags) {
  const config = { args: [...rest], options: { ...flags, ...globalOptions }, allowPositionals: true, strict: true };
  let parsed;
  try {
    parsed = parseArgs(config);
  } catch (error) {
    const isOurs = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
    if (isOurs)
      throw new UsageError(withoutSecondSentence(error.message), suggestFlag(rest, Object.keys(config.options)));
    throw error;
  }
  const values: OptionValues = parsed.values;
  const project = values["project"];
  const options: GlobalOptions = {
    isJson: values["json"] === true,
    isVerbose: values["verbose"] === true,
    projectFolder: typeof project === "string" ? project : undefined,
  };
  return { values, positionals: parsed.positionals, options };
}

/** Node's messages go on with advice about "--" that helps nobody here. */
const withoutSecondSentence = (message: string): string => `${message.split(". ")[0]?.replace(/\.$/, "")}.`;

function suggestFlag(rest: readonly string[], known: readonly string[]): string {
  const unknown = rest.map((arg) => /^--([^=]+)/.exec(arg)?.[1]).find((flag) => flag && !known.includes(flag));
  // No flag here has one dash and several letters.
  const name = rest.find((arg) => /^-[^-\d]./.test(arg));
  if (unknown === undefined && name !== undefined) return `Write a name that begins with a dash as ./${name}.`;
  return unknown === undefined ? "" : suggestion(unknown, known).replace('"', '"--');
}

function valueOf(field: Field, given: string | boolean | readonly (string | boolean)[]): unknown {
  if (typeof given === "object")
    return given.flatMap((text) => String(text).split(",")).map((text) => singleOf(field, text));
  if (field.isList)
    return String(given)
      .split(",")
      .map((text) => singleOf(field, text));
  return singleOf(field, given);
}

function singleOf(field: Field, given: string | boolean): unknown {
  if (field.isNullable && given === "none") return null;
  if (field.choices.length > 0 && !field.choices.includes(String(given)))
    throw new UsageError(
      `--${field.flag} is one of ${field.choices.join(", ")}; found "${given}".`,
      suggestion(String(given), field.choices),
    );
  if (field.kind === "text" || field.kind === "boolean") return given;
  const value = Number(given);
  const isFitting = given !== "" && Number.isFinite(value) && (field.kind === "number" || Number.isInteger(value));
  if (!isFitting)
    throw new UsageError(`--${field.flag} is ${field.kind === "integer" ? "a whole" : "a"} number; found "${given}".`);
  return value;
}
