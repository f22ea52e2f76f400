/**
 * Child process: a node's store from one start to its end, in the order of run-node.ts. After each step that has to outlast a power
 * cut, the state that a node would start from is written to the file `said`. Arguments: the node's folder, which life.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { endFirstStart, mayStartEmpty } from "../../../cluster/first-start.ts";
import type { Store } from "../../../ledger/store.ts";
import type { Write } from "../../../wire/durable.ts";
import { history } from "../history.ts";
import { loaded, opened, plain } from "../signed-cluster.ts";
import type { Life } from "./life.ts";
import { nextWrite } from "./next-write.ts";
import { writeFault } from "./shim.ts";

const [folder = "", life = ""] = process.argv.slice(2);
const data = join(folder, "data");
const key = join(folder, "key.pem");

function start(): Store {
  mkdirSync(data, { recursive: true });
  const store = opened(join(data, "ledger.sqlite"), { create: mayStartEmpty(key) });
  loaded(store);
  const ended = endFirstStart(key, data);
  if (!ended.ok) throw new Error(ended.reason);
  say(store);
  return store;
}

/** From now on whoever asks may be told so. */
function say(store: Store): void {
  writeFileSync(join(folder, "said"), `${plain(loaded(store))}\n`);
}

function write(store: Store, writes: readonly Write[]): void {
  store.write(writes);
  say(store);
}

function more(store: Store, count: number, payloadBytes: number): void {
  for (let i = 0; i < count; i++) write(store, nextWrite(store, payloadBytes));
}

/** A fault for a canary: SQLite is told before each write to sync nothing. */
function syncNothing(): void {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    if (sql === "BEGIN IMMEDIATE") exec.call(this, "PRAGMA synchronous = OFF");
    exec.call(this, sql);
  };
}

/** From now on, the next sync of the file fails, and later ones work. */
function failNextSync(path: string): void {
  const file = process.env.JUNO_FAULT_FILE;
  if (file === undefined) throw new Error("no library lets syncs fail");
  writeFault(file, { call: "sync", path, count: 1 });
}

/** A store whose last write has thrown. */
function failedWrite(): Store {
  const store = start();
  for (const writes of history()) write(store, writes);
  failNextSync("*/ledger.sqlite-wal");
  try {
    store.write(nextWrite(store, 30));
  } catch {
    return store;
  }
  throw new Error("the write went on without its sync");
}

const lives: Readonly<Record<Life, () => void>> = {
  "killed after its history": () => {
    const store = start();
    for (const writes of history()) write(store, writes);
    process.kill(process.pid, "SIGKILL");
  },
  "stopped in order": () => {
    const first = start();
    more(first, 2, 30);
    first.close();
    const second = start();
    more(second, 2, 30);
    second.close();
  },
  // Enough for SQLite to carry its log over into the database on the way, and to begin it anew.
  "killed after a flood": () => {
    more(start(), 28, 50_000);
    process.kill(process.pid, "SIGKILL");
  },
  "ended by a failing sync of the log": () => {
    failedWrite().close();
  },
  "killed at a failing sync of the log": () => {
    failedWrite();
    process.kill(process.pid, "SIGKILL");
  },
  "ended by a failing sync of the database": () => {
    const store = start();
    for (const writes of history()) write(store, writes);
    // Closing carries the log over into it.
    failNextSync("*/ledger.sqlite");
    store.close();
  },
  "killed, without syncs": () => {
    syncNothing();
    const store = start();
    for (const writes of history()) write(store, writes);
    process.kill(process.pid, "SIGKILL");
  },
};

const live = lives[life as Life];
if (live === undefined) throw new Error(`no such life: ${life}`);
live();
