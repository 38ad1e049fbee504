// The reference page of the contract is the table's, whoever edits which.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operationNames } from "../../src/shared/contract/index.ts";
import { notationOf } from "./type-notation.ts";
import { contractPage, contractPagePath } from "./write-contract.ts";

test("docs/contract.md is what tools/docs/write-contract.ts writes now", () => {
  expect(readFileSync(contractPagePath, "utf8")).toBe(contractPage());
});

test("every operation stands on the page once", () => {
  const page = contractPage();
  for (const name of operationNames) expect(page.split(`### ${name}\n`)).toHaveLength(2);
});

test("a field that may be missing is marked, and says what it is then", () => {
  const properties = { name: { type: "string" }, limit: { type: "integer", default: 5 } };
  expect(notationOf({ type: "object", properties, required: ["name"] })).toBe(
    "{\n  name: string\n  limit?: integer  // 5 when missing\n}",
  );
});
