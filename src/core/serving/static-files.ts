// The built renderer as files: which file a URL's path means, and that it never means one outside its folder.
import { realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";

export type FileToSend = {
  readonly path: string;
  readonly contentType: string;
  /** Quoted. */
  readonly etag: string;
  readonly cacheControl: string;
};

/** The code of a system error, or "". */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * The parts of a URL's path, decoded once, or undefined when it is none that we serve: dots as names, separators and
 * drive letters of any system inside a name, NUL and other control characters, a percent sign left over.
 */
export function partsOfUrlPath(urlPath: string): readonly string[] | undefined {
  const decoded = decodeOnce(urlPath);
  if (decoded === undefined || !decoded.startsWith("/")) return undefined;
  const parts = decoded === "/" ? ["index.html"] : decoded.slice(1).split("/");
  return parts.every(isPlainName) ? parts : undefined;
}

function decodeOnce(urlPath: string): string | undefined {
  try {
    return decodeURIComponent(urlPath);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const isPlainName = (part: string): boolean => /^[\w@+=~-][\w.@+=~ -]*$/.test(part) && !part.endsWith(".");

/** The file below `folder` that a URL's path means; undefined when there is none, also when a link leads outside. */
export async function findStaticFile(folder: string, urlPath: string): Promise<FileToSend | undefined> {
  const parts = partsOfUrlPath(urlPath);
  const contentType = contentTypes[extname(parts?.at(-1) ?? "").toLowerCase()];
  if (!parts || contentType === undefined) return undefined;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...parts));
    if (!path.startsWith(root + sep)) return undefined;
    const { size, mtimeMs } = await stat(path);
    // Vite puts a hash of the content into the names below assets/.
    const isHashed = parts[0] === "assets";
    return {
      path,
      contentType,
      etag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`,
      cacheControl: isHashed ? "private, max-age=31536000, immutable" : "no-cache",
    };
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes(errnoOf(error))) return undefined;
    throw error;
  }
}
