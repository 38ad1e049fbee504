// The report's page: what is missing comes with what to do, and nothing that people typed becomes markup.
import { describe, expect, test } from "vitest";
import { reportPage } from "./report-page.ts";

describe("a delivery report's page", () => {
  const missing = [{ title: "<R1> & co.mov", state: "failed", why: "The disk is full.", hint: "Free some space." }];
  const page = reportPage({ title: '"Night"', madeAt: "2026-11-20T10:00:00.000Z", reports: [], missing });

  test("tells which files are missing, why, and what to do", () => {
    expect(page).toContain("0 of 1 files made, 0 with warnings, 1 missing.");
    for (const words of ["The disk is full.", "Free some space."]) expect(page).toContain(words);
  });

  test("holds no markup of people's making, no script, and nothing from anywhere else", () => {
    expect(page).toContain("&lt;R1&gt; &amp; co.mov");
    expect(page).not.toMatch(/<script|<img|<link|https?:\/\//u);
  });
});
