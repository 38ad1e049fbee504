// Completes package-lock.json with the platform packages that the registry at hand could not show, so that `npm ci`
// accepts the file on every system. Run after each change of dependencies: node_modules/.bin/node tools/complete-lock.ts
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type LockEntry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
};
/** The `packages` of a lock file: path in the tree -> what is installed there. */
type LockedPackages = Readonly<Record<string, LockEntry>>;
type MissingPackage = { readonly name: string; readonly version: string; readonly isDev: boolean };

export const lockPath = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const SYSTEMS = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "aix", "win32"];
const PROCESSORS = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "wasm32"];

/** Node's own search: in the dependant's node_modules, then in every one above it. */
function isHeld(packages: LockedPackages, dependantPath: string, name: string): boolean {
  let folder = dependantPath;
  while (folder !== "") {
    if (packages[`${folder}/node_modules/${name}`]) return true;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
  }
  return packages[`node_modules/${name}`] !== undefined;
}

/** The optional dependencies which a lock names but does not hold. */
export function missingOptionals(packages: LockedPackages): readonly MissingPackage[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isHeld(packages, path, name))
      .map(([name, version]) => ({ name, version, isDev: dev === true })),
  );
}

/** What the name of a platform package says about where it runs: "@oxlint/binding-linux-x64-musl". */
export function platformOf(name: string): Pick<LockEntry, "os" | "cpu" | "libc"> {
  const words = name.replace(/^.*\//, "").split(/[-.]/);
  const system = SYSTEMS.find((word) => words.includes(word)) ?? (words.includes("win") ? "win32" : undefined);
  const processor = PROCESSORS.find((word) => words.includes(word));
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : "glibc";
  return {
    ...(processor && { cpu: [processor] }),
    ...(system && { os: [system] }),
    ...(system === "linux" && { libc: [libc] }),
  };
}

/** The lock with an entry, without a hash, for each missing platform package of an exact version. */
export function completeLock(packages: LockedPackages): LockedPackages {
  const added = missingOptionals(packages)
    .filter(({ version }) => /^\d+\.\d+\.\d+/.test(version))
    .map(({ name, version, isDev }): [string, LockEntry] => [
      `node_modules/${name}`,
      { version, ...platformOf(name), ...(isDev && { dev: true }), optional: true },
    ]);
  const inOrder = [...Object.entries(packages), ...added].toSorted(([a], [b]) => a.localeCompare(b, "en"));
  return Object.fromEntries(inOrder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(lockPath, "utf8"));
  const packages = completeLock(lock.packages);
  const addedCount = Object.keys(packages).length - Object.keys(lock.packages).length;
  writeFileSync(lockPath, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
  process.stdout.write(`package-lock.json: ${addedCount} platform packages added\n`);
}
