/** The control socket of a node: whoever connects gets one JSON document, the node's status, and is disconnected. */
import { chmod } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Outcome } from "../wire/types.ts";
import { bind } from "./nng/bind.ts";
import { socketPath } from "./socket-path.ts";

/** What a node tells of itself; indices and counts from its start or from its log, times in milliseconds. */
export type NodeStatus = {
  readonly name: string;
  readonly id: number;
  readonly pid: number;
  readonly role: "follower" | "candidate" | "leader";
  readonly term: number;
  /** Id of the leader it follows, or its own. */
  readonly leader: number | null;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly lastIndex: number;
  /** Chain hash at the commit index, in hex. */
  readonly logHash: string;
  /** Hash of the state at the applied index, in hex. */
  readonly stateHash: string;
  readonly uptimeMs: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** By actor. */
  readonly mailboxes: Readonly<Record<string, MailboxStatus>>;
  /** By actor, then by what is counted. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What was refused, by reason. */
  readonly rejects: Readonly<Record<string, number>>;
  readonly peers: readonly PeerStatus[];
};

export type MailboxStatus = { readonly depth: number; readonly bytes?: number; readonly max: number };

export type PeerStatus = {
  readonly id: number;
  readonly connected: boolean;
  readonly queuedBytes: number;
  readonly dropped: number;
};

export type Closable = { readonly close: () => Promise<void> };

/** A status of the largest cluster has some 20,000 characters. */
const documentMax = 4 * 1024 * 1024;
const readersMax = 32;
/** A reader that takes longer is disconnected. */
const readerMs = 5_000;

/** The control socket's path of a node with this data folder. */
export function controlPath(dataFolder: string): string {
  return join(dataFolder, "control.sock");
}

/**
 * Serves what `status` resolves to; a rejection is told to the reader. Rejects with one line that names the mend where
 * the socket cannot be had. A dead process' socket is replaced; a path too long for a socket gets a short stand-in.
 */
export async function serveControl(path: string, status: () => Promise<object>): Promise<Closable> {
  const readers = new Set<Socket>();
  const server = createServer((socket) => {
    readers.add(socket);
    socket.once("close", () => readers.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(readerMs, () => socket.destroy());
    // Nothing is expected from a reader; what it sends is thrown away.
    socket.resume();
    void documentOf(status).then((document) => socket.end(document));
  });
  server.maxConnections = readersMax;
  const own = socketPath(path);
  await bind(server, { scheme: "ipc", path: own });
  await chmod(own, 0o600);
  let closing: Promise<void> | undefined;
  return {
    close: () => {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of readers) socket.destroy();
      });
      return closing;
    },
  };
}

async function documentOf(status: () => Promise<object>): Promise<string> {
  try {
    return `${JSON.stringify(await status())}\n`;
  } catch (error) {
    return `${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`;
  }
}

/** Reads the document of a control socket; the reason is one line. Its shape is not checked here (see status-shape). */
export async function readControl(path: string, timeoutMs: number): Promise<Outcome<unknown>> {
  try {
    return parseDocument(path, await readAll(socketPath(path), timeoutMs));
  } catch (error) {
    return { ok: false, reason: `${path}: ${reasonOf(error)}` };
  }
}

function readAll(path: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: string[] = [];
    let characters = 0;
    const socket = connect({ path });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const late = () => fail(new Error(`no answer within ${timeoutMs} ms; the node is too busy or hangs`));
    const timer = setTimeout(late, timeoutMs);
    socket.setEncoding("utf8");
    socket.once("close", () => clearTimeout(timer));
    socket.once("error", fail);
    socket.on("data", (part: string) => {
      parts.push(part);
      characters += part.length;
      if (characters > documentMax) fail(new Error(`more than ${documentMax} characters; that is no node's status`));
    });
    socket.once("end", () => {
      socket.destroy();
      resolve(parts.join(""));
    });
  });
}

const absences: Readonly<Record<string, string>> = {
  ENOENT: "no node runs there; start it with juno start",
  ECONNREFUSED: "no node runs there any more; start it with juno start",
  EACCES: "the node belongs to another user; ask as that user",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message }: NodeJS.ErrnoException = error;
  return absences[code ?? ""] ?? message;
}

function parseDocument(path: string, text: string): Outcome<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("error" in value)) return { ok: true, value };
    return { ok: false, reason: `${path}: ${String(value.error)}` };
  } catch {
    return { ok: false, reason: `${path}: the answer was cut off; the node has stopped meanwhile` };
  }
}
