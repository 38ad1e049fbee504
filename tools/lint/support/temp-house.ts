// A throw-away copy of the house in which tests plant faults and see whether the checks find them.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../../../", import.meta.url));

/** One finding of the linter: which rule, in which file, saying what. */
export type Finding = { readonly file: string; readonly rule: string; readonly message: string };

export type TempHouse = {
  readonly root: string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  readonly lint: () => Promise<readonly Finding[]>;
  /** What the compiler prints; empty when the types hold. */
  readonly compile: () => Promise<string>;
  /** What the formatter's check and the search for unused code print. */
  readonly checkFormat: () => Promise<string>;
  readonly findUnused: () => Promise<string>;
  readonly [Symbol.dispose]: () => void;
};

type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

const runIn = (root: string, command: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const bin = path.join(repositoryRoot, "node_modules/.bin");
    // The linter's own launcher is a Node script: it too runs under the Node of this house.
    const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}` };
    const options = { cwd: root, env, maxBuffer: 1 << 26 };
    execFile(path.join(bin, command), [...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });

type Diagnostic = { readonly code?: string; readonly filename: string; readonly message: string };

/** "house(layers)" and "typescript-eslint(no-floating-promises)" as "house/layers", "typescript/no-floating-promises". */
function ruleName(code: string | undefined): string {
  return (code ?? "")
    .replace(/^eslint-plugin-/, "")
    .replace("typescript-eslint(", "typescript(")
    .replace(/\(([^)]+)\)$/, "/$1");
}

async function lintIn(root: string): Promise<readonly Finding[]> {
  const { exitCode, stdout, stderr } = await runIn(root, "oxlint", ["--format", "json"]);
  let report: { readonly diagnostics: readonly Diagnostic[] };
  try {
    report = JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`oxlint gave no report (exit ${exitCode}): ${stdout}${stderr}`, { cause });
  }
  return report.diagnostics.map(({ code, filename, message }) => ({
    file: path.isAbsolute(filename) ? path.relative(root, filename) : filename,
    rule: ruleName(code),
    message,
  }));
}

function copyConfiguration(root: string): void {
  const configurations = readdirSync(repositoryRoot).filter(
    (name) => /^(?:tsconfig.*|knip|package|\.ox.*rc)\.json$/.test(name) || name === "vitest.config.ts",
  );
  for (const name of [...configurations, "tools/lint"]) {
    cpSync(path.join(repositoryRoot, name), path.join(root, name), { recursive: true });
  }
  symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(root, "node_modules"), "dir");
}

/** The configuration and the lint rules, without the source: what is planted is all there is. */
export function openTempHouse(): TempHouse {
  const root = mkdtempSync(path.join(tmpdir(), "dubwright-house-"));
  copyConfiguration(root);
  const printed = async (command: string, ...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runIn(root, command, args);
    return stdout + stderr;
  };
  return {
    root,
    write: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        writeFileSync(path.join(root, name), text);
      }
    },
    lint: () => lintIn(root),
    compile: () => printed("tsc", "-b", "--pretty", "false"),
    checkFormat: () => printed("oxfmt", "--check", "."),
    findUnused: () => printed("knip", "--no-progress", "--no-config-hints", "--include", "files,exports"),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
