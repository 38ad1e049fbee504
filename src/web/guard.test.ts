// Rules of the guard: only our own pages, by our own name, with the session's cookie.
import { expect, test } from "vitest";
import { hasSession, refusalOf, sessionCookie } from "./guard.ts";

const guard = { port: 4000, sessionSecret: "s3cret" };
const host = "127.0.0.1:4000";
const own = `http://${host}`;

test.each([
  ["GET", { host }],
  ["GET", { host: "localhost:4000" }],
  ["GET", { host, "sec-fetch-site": "same-origin" }],
  ["GET", { host, "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }],
  ["GET", { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }],
  ["POST", { host, origin: own }],
])("lets %s with %j pass", (method, headers) => {
  expect(refusalOf({ method, headers }, guard)).toBeUndefined();
});

test.each([
  ["a name that someone pointed at this machine", { host: "evil.example:4000" }, 421],
  ["our address with another port", { host: "127.0.0.1:4001" }, 421],
  ["our address without its port", { host: "127.0.0.1" }, 421],
  ["our address inside another name", { host: "127.0.0.1:4000.evil.example" }, 421],
  ["no name", {}, 421],
  ["a page of another site", { host, origin: "https://evil.example" }, 403],
  ["a page of another port of this machine", { host, origin: "http://127.0.0.1:4001" }, 403],
  ["our other name as origin", { host, origin: "http://localhost:4000" }, 403],
  ["a sandboxed page or a local file", { host, origin: "null" }, 403],
  ["an image on another site's page", { host, "sec-fetch-site": "cross-site", "sec-fetch-dest": "image" }, 403],
  ["another port of the same site", { host, "sec-fetch-site": "same-site" }, 403],
  [
    "a frame on another site's page",
    { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    403,
  ],
])("refuses %s", (_case, headers, status) => {
  expect(refusalOf({ method: "GET", headers }, guard)).toMatchObject({ status });
});

test("a write and a WebSocket must say where they come from", () => {
  expect(refusalOf({ method: "POST", headers: { host } }, guard)).toMatchObject({ status: 403 });
  expect(refusalOf({ method: "GET", headers: { host }, isUpgrade: true }, guard)).toMatchObject({ status: 403 });
});

test("a form of another site that navigates with POST is refused", () => {
  const headers = { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect(refusalOf({ method: "POST", headers }, guard)).toMatchObject({ status: 403 });
});

test("a session is a cookie with the port in its name and the secret as its value", () => {
  const cookie = sessionCookie(guard).split(";")[0] ?? "";
  expect(sessionCookie(guard)).toBe("dubwright-4000=s3cret; Path=/; HttpOnly; SameSite=Strict");
  expect(hasSession({ cookie }, guard)).toBe(true);
  expect(hasSession({ cookie: `a=b; ${cookie}; c=d` }, guard)).toBe(true);
  expect(hasSession({ cookie: "dubwright-4000=s3cre" }, guard)).toBe(false);
  expect(hasSession({ cookie: "dubwright-4000=" }, guard)).toBe(false);
  expect(hasSession({ cookie: "dubwright-4001=s3cret" }, guard)).toBe(false);
  expect(hasSession({}, guard)).toBe(false);
});
