/** The machine and its random commands as plain JavaScript in a folder of their own, for Nodes that read no TypeScript. */
import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** The caller removes the folder. */
export function writePlainJavaScript(): string {
  const folder = mkdtempSync(join(tmpdir(), "juno-plain-"));
  const rooms = ["hopper", "pools/sha256.ts", "test/hopper/run", "test/hopper/rejected"];
  const files = rooms.flatMap((room) => {
    if (room.endsWith(".ts")) return [room];
    return readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((name) => join(room, name));
  });
  for (const file of files) {
    const to = join(folder, file);
    mkdirSync(dirname(to), { recursive: true });
    if (file.endsWith(".hop")) cpSync(join(root, file), to);
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const plain = stripTypeScriptTypes(readFileSync(join(root, file), "utf8"));
    writeFileSync(to.replace(/ts$/, "js"), plain.replace(/((?:from|import) "\.[^"]*)\.ts"/g, '$1.js"'));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  return folder;
}

export type Ran = { readonly stdout: string; readonly stderr: string };

/** Runs agree.js of such a folder, or another script of it; the process is gone afterwards. */
export async function runPlain(
  folder: string,
  args: readonly string[],
  how: {
    readonly script?: "agree" | "corpus" | "deep-calls";
    readonly node?: string;
    readonly flags?: readonly string[];
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Promise<Ran> {
  const { script = "agree", node = process.execPath, flags = [], env = {} } = how;
  const file = join(folder, `test/hopper/run/${script}.js`);
  return await run(node, [...flags, file, ...args], { env: { ...process.env, ...env }, timeout: 120_000 });
}

/** Nodes of other major versions on PATH and where systems keep them. */
export function otherNodes(): { readonly node: string; readonly version: string }[] {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  const found = new Map<string, string>();
  for (const folder of new Set(folders)) {
    const node = join(folder, "node");
    if (!existsSync(node)) continue;
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    if (version.split(".")[0] !== process.version.split(".")[0]) found.set(version, node);
  }
  return [...found].map(([version, node]) => ({ node, version }));
}
