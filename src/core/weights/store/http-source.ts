// One GET over the network, the only place of the product that does it: encrypted, few redirects, never to a plain host.
import { failed, refused } from "../../../shared/failure/index.ts";

export type HttpAnswer = {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** Read at most once; not reading it needs a call of `drop`. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly drop: () => Promise<void>;
};

export type HttpRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

const maxRedirects = 5;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** https anywhere; http on this machine alone, where nobody can listen in between. */
export function checkAddress(address: string): URL {
  const url = URL.parse(address);
  if (url === null) throw badAddress(address, "it is no address");
  if (url.username !== "" || url.password !== "") throw badAddress(address, "it carries a password");
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback)) return url;
  throw badAddress(address, "only https is used, so that nobody on the way can change the file");
}

const badAddress = (address: string, why: string) =>
  refused("models.bad-address", {
    message: `Models are not fetched from ${address}: ${why}.`,
    hint: "Check the alternative address for models (DUBWRIGHT_MODELS_URL or the setting modelsUrl).",
    details: { address },
  });

/**
 * Follows redirects itself, so that each next address is checked before it is asked. Proxies (HTTPS_PROXY, NO_PROXY) are
 * the runtime's: NODE_USE_ENV_PROXY=1 must be set when the process starts.
 */
export async function httpGet(address: string, { headers, signal }: HttpRequest): Promise<HttpAnswer> {
  let url = checkAddress(address);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await ask(url, headers, signal);
    if (!redirectStatuses.has(response.status)) return answerOf(response);
    const location = response.headers.get("location");
    await response.body?.cancel();
    if (location === null) throw badRedirect(address, "it leads nowhere");
    url = nextAddress(address, url, location);
  }
  throw badRedirect(address, `it is sent on more than ${maxRedirects} times`);
}

function nextAddress(first: string, from: URL, location: string): URL {
  const next = URL.parse(location, from.href);
  if (next === null) throw badRedirect(first, `it leads to "${location.slice(0, 200)}", which is no address`);
  if (from.protocol === "https:" && next.protocol !== "https:")
    throw badRedirect(first, `it leads from an encrypted to a plain address, ${next.host}`);
  return checkAddress(next.href);
}

async function ask(url: URL, headers: HttpRequest["headers"], signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url.href, {
      // Packed bytes could not be resumed or compared with their announced length.
      headers: { "accept-encoding": "identity", "user-agent": "dubwright", ...headers },
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
      signal,
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw unreachable(url, cause);
  }
}

const answerOf = (response: Response): HttpAnswer => ({
  status: response.status,
  header: (name) => response.headers.get(name),
  chunks: response.body ?? noBytes(),
  drop: async () => await response.body?.cancel(),
});

async function* noBytes(): AsyncIterable<Uint8Array> {
  // An answer without a body has no bytes.
}

const badRedirect = (address: string, why: string) =>
  failed("models.bad-redirect", {
    message: `${address} cannot be fetched: ${why}.`,
    hint: "Try later, set another address for models, or fetch the file by hand and import it.",
    details: { address },
  });

/** fetch says no more than "fetch failed"; what happened is in its cause. */
function unreachable(url: URL, cause: unknown) {
  const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const what = inner instanceof Error && "code" in inner ? String(inner.code) : String(inner);
  return failed("models.unreachable", {
    message: `${url.host} cannot be reached (${what}).`,
    hint: "Check the network and the proxy (HTTPS_PROXY), set another address for models, or import the file by hand.",
    details: { host: url.host, reason: what },
    cause,
  });
}
