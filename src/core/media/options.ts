// ffmpeg options as a table: { loglevel: "error", map: ["0:v", "0:a"] } reads better than a list of strings with dashes.

export type OptionTable = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Arguments in the order of the table. A list repeats its option; undefined leaves it out; "" is a flag without a value. */
export function optionList(table: OptionTable): readonly string[] {
  return Object.entries(table).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === "") return [`-${name}`];
    return typeof value === "object" ? value.flatMap((item) => [`-${name}`, item]) : [`-${name}`, String(value)];
  });
}
