// Writes THIRD-PARTY-NOTICES.md: whose work the product carries, and under which terms.
// Run after each change of dependencies: node_modules/.bin/node tools/notices.ts
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
export const noticesPath = path.join(root, "THIRD-PARTY-NOTICES.md");

type LockEntry = {
  readonly version?: string;
  readonly license?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type Lock = { readonly packages: Readonly<Record<string, LockEntry>> };
/** A package as it is shipped: where it lies, what it is called, its SPDX expression and its licence's text. */
type Shipped = { readonly name: string; readonly version: string; readonly license: string; readonly text: string };

/** What is shipped or run as a binary, inside or beside the npm packages, with papers of its own. */
const programs = [
  ["Electron", "MIT; its distribution carries Chromium's and Node's notices (LICENSES.chromium.html)"],
  ["Node.js 24", "MIT and the licences of its parts; its distribution carries them"],
  ["ONNX Runtime", "MIT; the parts it was built from are listed in ThirdPartyNotices.txt of its repository"],
  ["SQLite", "in the public domain; compiled into better-sqlite3"],
  ["ffmpeg", "LGPL-2.1-or-later or GPL, depending on the build; run as a separate program, never linked"],
];

/** Where a dependency of the package at `dependantPath` lies, by Node's own search. */
function locate(lock: Lock, dependantPath: string, name: string): string | undefined {
  for (
    let folder = dependantPath;
    folder !== "";
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))
  ) {
    if (lock.packages[`${folder}/node_modules/${name}`]) return `${folder}/node_modules/${name}`;
  }
  return lock.packages[`node_modules/${name}`] ? `node_modules/${name}` : undefined;
}

/** Folders of everything the product's own dependencies pull in. Peers are shipped only when they are ours as well. */
export function shippedFolders(lock: Lock): readonly string[] {
  const found = new Set<string>();
  const visit = (folder: string): void => {
    const entry = lock.packages[folder];
    // The optional packages for single systems are Node itself, which is listed among the programs.
    const isProgram = entry?.optional === true && entry.os !== undefined;
    if (entry === undefined || found.has(folder) || isProgram) return;
    if (folder !== "") found.add(folder);
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const at = locate(lock, folder, name);
      if (at !== undefined) visit(at);
    }
  };
  visit("");
  return [...found].toSorted((a, b) => a.localeCompare(b, "en"));
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)(?:[-.].*)?$/i.test(name));
  return file === undefined ? "" : readFileSync(path.join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
}

/** The SPDX expression; old packages state it only by the text they carry. */
function licenceName(stated: string | undefined, text: string, name: string): string {
  if (stated !== undefined) return stated;
  if (text.includes("Permission is hereby granted, free of charge")) return "MIT";
  throw new Error(`${name} states no licence; read what it carries and teach tools/notices.ts about it, or drop it.`);
}

function readShipped(lock: Lock, folder: string): Shipped {
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  const entry = lock.packages[folder];
  const place = path.join(root, folder);
  const text = existsSync(place) ? licenceText(place) : "";
  return { name, version: entry?.version ?? "", license: licenceName(entry?.license, text, name), text };
}

const cite = ({ name, version }: Shipped) => `${name} ${version}`;

/** Packages under the same words share one copy of them. */
function textSections(shipped: readonly Shipped[]): readonly string[] {
  const wordsOf = ({ text, license }: Shipped): string =>
    text === "" ? `The package carries no text; its package.json states ${license}.` : `\`\`\`text\n${text}\n\`\`\``;
  return [...Map.groupBy(shipped, wordsOf)].map(
    ([words, group]) => `### ${[...new Set(group.map(cite))].join(", ")}\n\n${words}\n`,
  );
}

/** The whole page, from the lock and the licence files of the installed packages. */
export function buildNotices(): string {
  const lock: Lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8"));
  const shipped = shippedFolders(lock).map((folder) => readShipped(lock, folder));
  const rows = [...new Set(shipped.map((one) => `| ${one.name} | ${one.version} | ${one.license} |`))];
  return [
    "# Third-party notices\n",
    "Dubwright is licensed under Apache-2.0 (LICENSE). It carries the work of others, listed here with their terms.",
    "This file is made by `tools/notices.ts` from the lock file; do not edit it.\n",
    "## Programs and libraries it runs\n",
    ...programs.map(([name, terms]) => `- **${name}**: ${terms}.`),
    "\n## Packages inside it\n",
    "| package | version | licence |\n| --- | --- | --- |",
    `${rows.join("\n")}\n`,
    "## Their terms\n",
    ...textSections(shipped),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(noticesPath, buildNotices());
