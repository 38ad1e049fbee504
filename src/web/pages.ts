// The few pages that the server writes itself: start, no session, not built. Without script, readable in a text browser.

export type Page = { readonly title: string; readonly text: string; readonly goTo?: string };

/** `goTo` is a path of our own. The page is the page's own navigation, so the browser sends the strict cookie along. */
export function htmlOf({ title, text, goTo }: Page): string {
  const refresh = goTo === undefined ? "" : `<meta http-equiv="refresh" content="0; url=${escapeHtml(goTo)}">`;
  const link = goTo === undefined ? "" : `<p><a href="${escapeHtml(goTo)}">Continue</a></p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${refresh}<title>${escapeHtml(title)}</title></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${link}</body></html>
`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? "");

export const startedPage: Page = { title: "Dubwright", text: "Opening the editor …", goTo: "/" };

export const noSessionPage: Page = {
  title: "Dubwright is running, but this browser has no key to it",
  text: "Open the address that was printed in the terminal. Each address works once; press Enter there for a new one.",
};

export const notBuiltPage: Page = {
  title: "The editor's pages are not built yet",
  text: "Run: npm run build. Then load this page again.",
};
