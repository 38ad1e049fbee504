// Who may speak to the server: decided from the headers of a request alone, so that every case is a plain test.
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export type GuardedRequest = {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** A WebSocket handshake: a GET that must be held to the rules of a write. */
  readonly isUpgrade?: boolean;
};

export type Guard = {
  readonly port: number;
  /** The secret a browser holds after it has shown a start token. */
  readonly sessionSecret: string;
};

export type Refusal = { readonly status: 403 | 421; readonly why: string };

/**
 * Undefined when the request comes to us by our own name and, where it says so, from our own page.
 * DNS rebinding fails at `Host`, which carries the attacker's name; another site fails at `Origin` or `Sec-Fetch-Site`.
 */
export function refusalOf(request: GuardedRequest, guard: Guard): Refusal | undefined {
  const { headers } = request;
  if (!ownHosts(guard.port).includes(headers.host ?? ""))
    return { status: 421, why: `this server answers to 127.0.0.1:${guard.port} only` };
  const origin = headers.origin;
  const isWrite = request.isUpgrade === true || !["GET", "HEAD"].includes(request.method);
  if (origin === undefined ? isWrite : origin !== `http://${headers.host}`)
    return { status: 403, why: "the request comes from another site" };
  const isNavigation = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none" && !(isNavigation && !isWrite))
    return { status: 403, why: "the request comes from another site" };
  return undefined;
}

const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

/** Cookies don't tell ports apart, so the name does: two servers on one machine don't log each other out. */
export const cookieName = (port: number): string => `dubwright-${port}`;

/** The session cookie as the browser shall keep it: out of reach of scripts and of other sites, gone with the browser. */
export const sessionCookie = (guard: Guard): string =>
  `${cookieName(guard.port)}=${guard.sessionSecret}; Path=/; HttpOnly; SameSite=Strict`;

export function hasSession(headers: IncomingHttpHeaders, guard: Guard): boolean {
  const prefix = `${cookieName(guard.port)}=`;
  return (headers.cookie ?? "")
    .split(";")
    .map((part) => part.trim())
    .some((part) => part.startsWith(prefix) && isSameSecret(part.slice(prefix.length), guard.sessionSecret));
}

/** Compares in constant time, whatever the lengths. */
export const isSameSecret = (left: string, right: string): boolean => timingSafeEqual(sha256(left), sha256(right));

const sha256 = (text: string): Uint8Array => createHash("sha256").update(text).digest();
