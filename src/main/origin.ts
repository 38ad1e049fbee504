// Which addresses are ours: decided on parsed URLs, never on text.

/** Standard and secure, so that the page has an origin, a policy and byte ranges. */
export const appScheme = "app";
const appHost = "editor";
export const appUrl = `${appScheme}://${appHost}/`;

/** Whether a page, frame or navigation target is the editor itself. */
export function isAppUrl(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && url.protocol === `${appScheme}:` && url.host === appHost && !hasCredentials(url);
}

/** Hosts whose pages the interface links to: documentation, licences and the places models come from. */
const externalHosts: ReadonlySet<string> = new Set(["github.com", "huggingface.co", "www.apache.org", "ffmpeg.org"]);

/** Only https, only known hosts, no port, no credentials. The user is asked before it opens. */
export function mayOpenOutside(text: string): boolean {
  const url = parseUrl(text);
  return (
    url !== undefined &&
    url.protocol === "https:" &&
    url.port === "" &&
    !hasCredentials(url) &&
    externalHosts.has(url.hostname)
  );
}

const hasCredentials = (url: URL): boolean => url.username !== "" || url.password !== "";

const parseUrl = (text: string): URL | undefined => URL.parse(text) ?? undefined;
