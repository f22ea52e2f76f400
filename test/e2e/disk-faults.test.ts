/**
 * Faulty disks under the real processes of a cluster (rows D05 to D16 of docs/storage-faults.md): the node stops or refuses to
 * start with one line that names the file and the mend, the others go on, and the node comes back when it is mended. Each stage
 * goes on where the one before ended.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { JunoClient } from "../../client/client.ts";
import { decodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { builtShim, type Fault, faultyEnvironment, writeFault } from "../ledger/faults/shim.ts";
import { makeCluster, type NodeProcess, type TestCluster } from "./cluster-processes.ts";

let cluster: TestCluster;
let client: JunoClient;
let sent = 0;
const all = [0, 1, 2, 3];
const mounted: string[] = [];

const shim = builtShim("failing-calls.c");
const withShim = (title: string, run: (t: ExecutionContext, library: string) => Promise<void>): void => {
  if (shim === undefined) test.skip(`${title} (skipped: needs Linux and a C compiler)`, (t) => t.fail());
  else test.serial(title, (t) => run(t, shim));
};

test.before(async () => {
  cluster = await makeCluster(4);
  for (const node of all) startNode(node);
  client = await cluster.client();
  await client.send("CreateAccount Acct1");
  await cluster.agreement();
});

test.after.always(async () => {
  await client?.close();
  await Promise.all(all.map((node) => cluster?.processes[node] && cluster.end(node, "SIGKILL")));
  for (const folder of mounted) spawnSync("umount", [folder]);
  await cluster?.dispose();
});

const folderOf = (node: number): string => cluster.layout.nodes[node]?.dir ?? "";
const storeOf = (node: number): string => join(folderOf(node), "data", "ledger.sqlite");
const faultsOf = (node: number): string => join(folderOf(node), "faults");

/** With a disk that gets faults when the test writes them down. */
function startNode(node: number): NodeProcess {
  return cluster.start(node, shim === undefined ? {} : faultyEnvironment(shim, faultsOf(node)));
}

/** Each adds 1 to the account. */
async function send(commands: number): Promise<void> {
  for (let i = 0; i < commands; i++) {
    await client.send("AdjustAccount Acct1 1%1");
    sent++;
  }
}

async function balance(): Promise<string> {
  const decoded = decodeOutcome((await client.send("ObserveAccount Acct1")).outcome);
  return decoded.ok ? decoded.outcome.text : decoded.reason;
}

async function ended(node: number, running: NodeProcess): Promise<number | null> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`node ${node} does not end: ${running.output}`)), 60_000).unref(),
  );
  const code = await Promise.race([running.exited, late]);
  if (cluster.processes[node] === running) cluster.processes[node] = undefined;
  return code;
}

/** What a process said to people; its log lines are JSON. */
function wordsOf({ output }: NodeProcess): string[] {
  return output.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
}

function processOf(node: number): NodeProcess {
  const running = cluster.processes[node];
  if (running === undefined) throw new Error(`node ${node} does not run`);
  return running;
}

/** The node's disk has the fault until the node ends, with commands on their way; returns what it said. */
async function stopsBy(t: ExecutionContext, node: number, fault: Fault): Promise<string> {
  const running = processOf(node);
  writeFault(faultsOf(node), fault);
  const end = ended(node, running);
  await send(5);
  t.is(await end, 1, running.output);
  rmSync(faultsOf(node));
  const words = wordsOf(running);
  t.is(words.length, 1, words.join("\n"));
  return words[0] ?? "";
}

/** The others have gone on, and with the node mended all four agree on everything that was ever acknowledged. */
async function comesBack(t: ExecutionContext, node: number): Promise<void> {
  await send(2);
  startNode(node);
  await cluster.agreement();
  t.is(await balance(), `Just (${sent} % 1)`);
}

const mendOfDisk =
  "could not be read or written by the disk; check the disk and the system's log before the next start";

for (const [row, call] of [
  ["D05 a sync fails once and then works", "sync"],
  ["D06 a write fails once and then works", "write"],
] as const) {
  for (const [whose, pick] of [
    ["a follower's", async () => ((await cluster.leader()) + 1) % 4],
    ["the leader's", () => cluster.leader()],
  ] as const) {
    withShim(`${row}, ${whose}: it stops at once with the mend, and comes back`, async (t) => {
      const node = await pick();
      const said = await stopsBy(t, node, { call, path: "*/ledger.sqlite-wal", count: 1 });
      t.true(said.startsWith(`the node cannot go on: log: ${storeOf(node)} ${mendOfDisk} (`), said);
      await comesBack(t, node);
    });
  }
}

/** Does not start; returns what it said. */
async function refuses(t: ExecutionContext, node: number, code: number): Promise<string> {
  const running = startNode(node);
  t.is(await ended(node, running), code, running.output);
  const words = wordsOf(running);
  t.is(words.length, 1, words.join("\n"));
  return words[0] ?? "";
}

withShim("D07 a read fails: the node does not start, and does when the disk is read again", async (t) => {
  t.is(await cluster.end(3, "SIGTERM"), 0);
  writeFault(faultsOf(3), { call: "read", path: "*/ledger.sqlite", first: 2 });
  const said = await refuses(t, 3, 1);
  t.true(said.startsWith(`${storeOf(3)} ${mendOfDisk} (`), said);
  rmSync(faultsOf(3));
  await comesBack(t, 3);
});

const slowMs = 2_000;

/** Sends commands while the node's disk is slow; returns how long they took, and how often the node synced meanwhile. */
async function whileSlow(node: number, commands: number): Promise<{ readonly tookMs: number; readonly syncs: number }> {
  const syncs = async (): Promise<number> => (await cluster.status(node))?.counters.log?.syncs ?? 0;
  const before = await syncs();
  writeFault(faultsOf(node), { call: "slow", path: "*/ledger.sqlite-wal", ms: slowMs });
  const began = performance.now();
  await send(commands);
  const tookMs = performance.now() - began;
  rmSync(faultsOf(node));
  await cluster.agreement();
  return { tookMs, syncs: (await syncs()) - before };
}

for (const [whose, pick] of [
  ["a follower's", async () => ((await cluster.leader()) + 1) % 4],
  ["the leader's", () => cluster.leader()],
] as const) {
  withShim(`D15 ${whose} disk takes two seconds for each sync: nobody waits for it`, async (t) => {
    const { tookMs, syncs } = await whileSlow(await pick(), 20);
    t.true(syncs > 0 && syncs < 20, `${syncs} syncs`);
    t.true(tookMs < 10 * slowMs, `20 commands took ${tookMs} ms`);
    t.is(await balance(), `Just (${sent} % 1)`);
    t.log(`20 commands took ${Math.round(tookMs)} ms; ${syncs} syncs`);
  });
}

function mount(folder: string, options: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status === 0;
}

/** Whether small disks can be made here. */
const mounts = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "juno-mount-"));
  const may = process.platform === "linux" && mount(folder, "size=1m");
  if (may) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return may;
})();
const onSmallDisk = mounts ? test.serial : test.serial.skip;
onSmallDisk(
  "D14 a full disk, and one that may not be written (skipped where no tmpfs can be mounted: needs root on Linux)",
  async (t) => {
    const node = ((await cluster.leader()) + 1) % 4;
    t.is(await cluster.end(node, "SIGTERM"), 0);
    const data = join(folderOf(node), "data");
    const away = `${data}.away`;
    cpSync(data, away, { recursive: true });
    t.true(mount(data, "size=1m"));
    mounted.push(data);
    cpSync(away, data, { recursive: true });
    const small = startNode(node);
    const end = ended(node, small);
    let full = false;
    void end.then(() => {
      full = true;
    });
    for (let rounds = 0; !full && rounds < 200; rounds++) {
      await client.flood(
        Array.from({ length: 100 }, () => "AdjustAccount Acct1 1%1"),
        { batched: true },
      );
      sent += 100;
    }
    t.is(await end, 1, small.output);
    t.deepEqual(wordsOf(small).length, 1);
    const [said = ""] = wordsOf(small);
    t.true(
      said.startsWith(`the node cannot go on: log: ${storeOf(node)} has no room to grow; make room on the disk`),
      said,
    );
    const stillFull = await refuses(t, node, 1);
    t.true(stillFull.startsWith(`${storeOf(node)} has no room to grow; make room on the disk`), stillFull);
    t.true(mount(data, "remount,size=64m"));
    await comesBack(t, node);
    t.is(await cluster.end(node, "SIGTERM"), 0);
    t.true(mount(data, "remount,ro"));
    const readOnly = await refuses(t, node, 1);
    t.true(readOnly.startsWith(`${data} cannot be written; give this user the right to write it`), readOnly);
    t.true(mount(data, "remount,rw"));
    await comesBack(t, node);
  },
);

/** What becomes of a file; undefined where it is gone. */
type Harm = (bytes: Buffer) => Buffer | undefined;
const gone: Harm = () => undefined;
const emptied: Harm = () => Buffer.alloc(0);
const cut: Harm = (bytes) => bytes.subarray(0, bytes.length >> 1);
function flipped(at: number): Harm {
  return (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
}

/** How the one line begins that the node says. */
type Harmed = readonly [file: string, harm: Harm, code: number, said: string];

/** On each of them the node does not start; then the file is put back. */
async function refusesEach(t: ExecutionContext, node: number, harms: readonly Harmed[]): Promise<void> {
  for (const [file, harm, code, line] of harms) {
    const whole = readFileSync(file);
    const { mode } = statSync(file);
    const left = harm(Buffer.from(whole));
    if (left === undefined) rmSync(file);
    else writeFileSync(file, left);
    const said = await refuses(t, node, code);
    t.true(said.startsWith(line), said);
    t.is(existsSync(file), left !== undefined, "nothing is made in its place");
    writeFileSync(file, whole, { mode });
  }
}

test.serial(
  "D08, D16 a file of the node is gone, empty, cut or damaged: it does not start until it is put back",
  async (t) => {
    const node = ((await cluster.leader()) + 1) % 4;
    const { dir = "", config = "" } = cluster.layout.nodes[node] ?? {};
    const [store, key, { genesis }] = [storeOf(node), join(dir, "key.pem"), cluster.layout];
    const changed: Harm = (bytes) => Buffer.from(bytes.toString().replace('"client0"', '"client9"'));
    t.is(await cluster.end(node, "SIGTERM"), 0);
    await refusesEach(t, node, [
      [store, gone, 1, `${store}: this node's store is missing; restore it from a copy of its latest state`],
      [store, emptied, 1, `${store}: this node's store is missing; restore it from a copy of its latest state`],
      [store, cut, 1, `${store} is damaged; run \`juno audit\` on it, then restore the file`],
      [store, flipped(0), 1, `${store} is damaged or not a Juno store; if it was one, run \`juno audit\` on it`],
      [key, gone, 2, `${key}: there is no such file or folder; correct the path`],
      [key, cut, 2, `${key}: holds 0 private keys; give the PKCS #8 file`],
      [config, gone, 2, `${config}: there is no such file or folder; correct the path`],
      [genesis, gone, 2, `${genesis}: there is no such file or folder; copy the cluster's genesis.json there`],
      [genesis, cut, 2, `${genesis}: not JSON (`],
      [genesis, changed, 2, `${genesis}: clusterId is `],
    ]);
    await comesBack(t, node);
    await send(5);
    await cluster.end(node, "SIGKILL");
    await refusesEach(t, node, [
      [`${store}-wal`, flipped(20), 1, `${store}: its write-ahead log has a damaged header; run \`juno audit\` on it`],
      [`${store}-wal`, flipped(100), 1, `${store}: its write-ahead log is damaged before byte `],
    ]);
    await comesBack(t, node);
  },
);
