// JSON Schema as a short notation that reads like TypeScript: what the contract's reference page prints.

export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly default?: unknown;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly $ref?: string;
};

const lineWidth = 110;

/** One line while it fits, else one field a line. `indent` is that of the line the notation begins in. */
export function notationOf(schema: JsonSchema, indent = ""): string {
  const oneLine = inline(schema);
  if (oneLine.length + indent.length <= lineWidth) return oneLine;
  const inner = `${indent}  `;
  if (schema.properties) {
    const fields = fieldsOf(schema).map(({ name, mark, value, note }) => {
      const text = `${inner}${name}${mark}: ${notationOf(value, inner)}`.replace(": \n", ":\n");
      return note === "" ? text : `${text}  // ${note}`;
    });
    return `{\n${fields.join("\n")}\n${indent}}`;
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map((option) => `\n${inner}| ${notationOf(option, inner)}`).join("");
  if (schema.type === "array" && schema.items) return `${notationOf(schema.items, indent)}[]`;
  return oneLine;
}

function inline(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map(inline).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  if (schema.prefixItems) return `[${schema.prefixItems.map(inline).join(", ")}]`;
  if (schema.type === "array") return arrayOf(schema.items ?? {});
  if (schema.properties) {
    const fields = fieldsOf(schema).map(({ name, mark, value, note }) => {
      // A comment would swallow the rest of the line, so a field with one asks for lines of their own.
      return `${name}${mark}: ${inline(value)}${note === "" ? "" : " ".repeat(lineWidth)}`;
    });
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  if (schema.type === "object") return recordOf(schema);
  if (schema.format === "date-time") return "time";
  if (schema.format === "date") return "date";
  // Ids of records are a type, a colon and the rest.
  const idType = /^\^([a-z-]+):\[/.exec(schema.pattern ?? "")?.[1];
  if (idType !== undefined) return `"${idType}:…"`;
  return typeof schema.type === "string" ? schema.type : "any JSON";
}

function arrayOf(item: JsonSchema): string {
  const isUnion = item.anyOf !== undefined || item.oneOf !== undefined || (item.enum?.length ?? 0) > 1;
  return isUnion ? `(${inline(item)})[]` : `${inline(item)}[]`;
}

function recordOf({ additionalProperties, propertyNames }: JsonSchema): string {
  const value = typeof additionalProperties === "object" ? inline(additionalProperties) : "any JSON";
  const key = propertyNames?.enum ? inline(propertyNames) : "string";
  return `{ [${key}]: ${value} }`;
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema) {
  return Object.entries(properties).map(([name, value]) => ({
    name,
    mark: required.includes(name) ? "" : "?",
    value,
    note: [value.description, value.default === undefined ? undefined : `${JSON.stringify(value.default)} when missing`]
      .filter((part) => part !== undefined)
      .join("; "),
  }));
}
