// An operation's input as command-line fields, read off its schema: the table alone decides which flags there are.
import { z } from "zod";
import { contract } from "../shared/contract/index.ts";
import type { OperationName } from "../shared/contract/index.ts";

export type FieldKind = "text" | "integer" | "number" | "boolean";

export type Field = {
  /** As the contract names it: "startSample". */
  readonly name: string;
  /** As the command line does: "start-sample". */
  readonly flag: string;
  readonly kind: FieldKind;
  readonly isList: boolean;
  /** The word "none" stands for null. */
  readonly isNullable: boolean;
  readonly isRequired: boolean;
  readonly choices: readonly string[];
  /** As help prints it; undefined when there is none. */
  readonly defaultText: string | undefined;
  readonly says: string;
};

const kinds: Readonly<Record<string, FieldKind>> = {
  string: "text",
  integer: "integer",
  number: "number",
  boolean: "boolean",
};

const kindName = z.enum(["string", "integer", "number", "boolean", "array", "null"]);

type TypeName = z.infer<typeof kindName>;

type Property = {
  readonly type?: TypeName | readonly TypeName[] | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly items?: Property | undefined;
  readonly anyOf?: readonly Property[] | undefined;
  readonly default?: string | number | boolean | readonly string[] | null | undefined;
  readonly description?: string | undefined;
};

/** The part of JSON Schema that inputs on a command line may use. Anything else is a gap in this file, and a bug. */
const propertySchema: z.ZodType<Property> = z.lazy(() =>
  z.object({
    type: z.union([kindName, z.array(kindName)]).optional(),
    enum: z.array(z.string()).optional(),
    items: propertySchema.optional(),
    anyOf: z.array(propertySchema).optional(),
    default: z
      .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
      .nullable()
      .optional(),
    description: z.string().optional(),
  }),
);

const inputSchema = z.object({
  properties: z.record(z.string(), propertySchema),
  required: z.array(z.string()).default([]),
});

/** In the order of the table. */
export function fieldsOf(operation: OperationName): readonly Field[] {
  const { properties, required } = inputSchema.parse(z.toJSONSchema(contract[operation].input, { io: "input" }));
  return Object.entries(properties).map(([name, property]) => ({
    ...fieldOf(name, property),
    isRequired: required.includes(name),
  }));
}

function fieldOf(name: string, property: Property): Omit<Field, "isRequired"> {
  // "Or null" is written as one more alternative, or as one more type.
  const alternatives = (property.anyOf ?? [property]).flatMap((option) =>
    [option.type ?? []].flat().map((type) => ({ ...option, type })),
  );
  const plain = alternatives.find(({ type }) => type !== "null");
  const isList = plain?.type === "array";
  const single = isList ? plain.items : plain;
  const kind = kinds[String(single?.type)];
  if (kind === undefined)
    throw new Error(`The command line cannot take the field ${name}: ${JSON.stringify(property)}`);
  return {
    name,
    flag: name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    kind,
    isList,
    isNullable: alternatives.some(({ type }) => type === "null"),
    choices: single?.enum ?? [],
    defaultText: property.default === undefined || property.default === null ? undefined : String(property.default),
    says: property.description ?? "",
  };
}

/** A field's place in a synopsis: "START_SAMPLE". */
export const wordFor = ({ name }: Field): string => name.replaceAll(/[A-Z]/g, "_$&").toUpperCase();

/** What a field takes, for help: "NAME", "NUMBER", "system|dark|light"; nothing for a flag that is said or not. */
export function placeholderOf(field: Field): string {
  const { choices, kind, isNullable, isList } = field;
  if (kind === "boolean") return "";
  const word = kind === "text" ? wordFor(field) : "NUMBER";
  const value = (choices.length > 0 ? choices.join("|") : word) + (isNullable ? "|none" : "");
  return isList ? `${value},…` : value;
}
