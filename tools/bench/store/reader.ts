// The second process of the store benchmark: pages through lists over a reading connection until it is told to stop.
import Database from "better-sqlite3";

const [path = ""] = process.argv.slice(2);
const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
const page = connection.prepare<[number, string], { readonly start_frame: number; readonly id: string }>(
  "SELECT * FROM take WHERE (start_frame, id) > (?, ?) ORDER BY start_frame, take_number, id LIMIT 500",
);

const stop = new AbortController();
process.on("message", () => stop.abort());

let rows = 0;
let place: readonly [number, string] = [-1, ""];
while (!stop.signal.aborted) {
  const found = page.all(...place);
  rows += found.length;
  const last = found.at(-1);
  place = last ? [last.start_frame, last.id] : [-1, ""];
  // A person scrolls; the page comes, is drawn, and the next one is asked for.
  await new Promise((resolve) => setTimeout(resolve, 5));
}
connection.close();
process.send?.({ rows });
process.disconnect();
