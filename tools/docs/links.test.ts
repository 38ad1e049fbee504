// The papers lead somewhere: links resolve, and every decision is on the list of decisions.
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const papers = [...globSync("*.md", { cwd: root }), ...globSync("docs/**/*.md", { cwd: root })];

test.each(papers.filter((paper) => paper !== "THIRD-PARTY-NOTICES.md"))("%s links to files that exist", (paper) => {
  const links = [...readFileSync(path.join(root, paper), "utf8").matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)];
  const broken = links
    .map(([, link = ""]) => link)
    .filter((link) => !existsSync(path.join(root, path.dirname(paper), link)));
  expect(broken).toEqual([]);
});

test("every decision is on the list, numbered without gaps", () => {
  const folder = path.join(root, "docs/decisions");
  const records = readdirSync(folder)
    .filter((name) => /^\d{4}-/.test(name))
    .toSorted((a, b) => a.localeCompare(b, "en"));
  const list = readFileSync(path.join(folder, "README.md"), "utf8");
  expect(records.filter((name) => !list.includes(`(${name})`))).toEqual([]);
  expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
});
