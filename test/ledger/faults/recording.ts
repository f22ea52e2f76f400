/** What a real store asks of the system: each write, sync, new name and removed name, in order, with what it had promised by then. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Life } from "./life.ts";
import { faultyEnvironment } from "./shim.ts";

/** Paths are relative to the node's folder, which itself is "". */
export type Call =
  | { readonly kind: "write"; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "truncate"; readonly path: string; readonly size: number }
  | { readonly kind: "create" | "mkdir" | "unlink" | "sync"; readonly path: string }
  /** A sync that failed: what it was to bring to the disk never comes there, though programs go on seeing it. */
  | { readonly kind: "lost"; readonly path: string }
  /** The store's word: it has returned, and this state has to be there from now on. */
  | { readonly kind: "said"; readonly state: string };

/** The files of a node's folder by their path in it. */
export type Files = ReadonlyMap<string, Buffer>;

export type Recording = {
  /** What was on the disk before the first call. */
  readonly from: Files;
  readonly calls: readonly Call[];
  /** What programs see after the last. */
  readonly to: Files;
};

/** All that a node's start looks at. */
export const filesOfNode = [
  "key.pem.unused",
  "data/ledger.sqlite",
  "data/ledger.sqlite-journal",
  "data/ledger.sqlite-wal",
] as const;

/** A node that was set up and never started. */
export const fresh: Files = new Map([["key.pem.unused", Buffer.from("unused\n")]]);

const program = fileURLToPath(new URL("recorded-life.ts", import.meta.url));

/**
 * Records lives of a store, one after the other, with the library made from recorded-calls.c, and that from failing-calls.c where a
 * sync is to fail in them; throws where one goes wrong.
 */
export function record(shims: readonly string[], from: Files, lives: readonly Life[]): Recording {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "juno-record-")));
  try {
    const [node, file] = [join(folder, "node"), join(folder, "calls")];
    mkdirSync(node);
    putFiles(node, from);
    const faults = join(folder, "faults");
    const environment = faultyEnvironment(shims.join(":"), faults);
    const env = { ...process.env, ...environment, JUNO_RECORD_PATH: node, JUNO_RECORD_FILE: file };
    for (const life of lives) {
      const ended = spawnSync(process.execPath, [program, node, life], { env, encoding: "utf8" });
      rmSync(faults, { force: true });
      const wanted = life.startsWith("killed") ? "SIGKILL" : null;
      if (ended.signal !== wanted || (wanted === null && ended.status !== 0)) {
        throw new Error(`the life "${life}" went wrong: ${ended.stderr}`);
      }
    }
    const to = new Map(
      filesOfNode.flatMap((path): [string, Buffer][] =>
        existsSync(join(node, path)) ? [[path, readFileSync(join(node, path))]] : [],
      ),
    );
    return { from, calls: callsOf(readFileSync(file), node), to };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function putFiles(node: string, files: Files): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(node, path)), { recursive: true });
    writeFileSync(join(node, path), bytes);
  }
}

const kinds = [undefined, "create", "write", "truncate", "sync", "unlink", "mkdir", undefined, "lost"] as const;

function callsOf(record: Buffer, root: string): Call[] {
  const calls: Call[] = [];
  for (let at = 0; at < record.length; ) {
    const kind = kinds[record.readUInt8(at)];
    const pathBytes = record.readUInt32LE(at + 1);
    const offset = Number(record.readBigUInt64LE(at + 5));
    const bytesAt = at + 17 + pathBytes;
    const path = relative(root, record.toString("utf8", at + 17, bytesAt));
    at = bytesAt + record.readUInt32LE(at + 13);
    const bytes = record.subarray(bytesAt, at);
    if (path === "said") {
      if (kind === "write") calls.push({ kind: "said", state: bytes.toString("utf8").trimEnd() });
    } else if (kind === undefined) throw new Error(`a call on ${path} that power cuts are not made of yet`);
    else if (kind === "write") calls.push({ kind, path, at: offset, bytes });
    else if (kind === "truncate") calls.push({ kind, path, size: offset });
    else calls.push({ kind, path });
  }
  return calls;
}
