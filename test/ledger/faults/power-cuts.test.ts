/** Before any call of a store's recorded life the power may go: what was promised by then is there, whole, or the start that shows it is wrong. */
import test, { type ExecutionContext } from "ava";
import { seededTape } from "../../sim/tape.ts";
import { type CutKind, cutKinds, eachPowerCut, momentsOf, type PowerCut, startOn } from "./power-cuts.ts";
import { type Call, fresh, type Recording, record } from "./recording.ts";
import { builtShim } from "./shim.ts";
import { syncedDisk } from "./synced-disk.ts";

/** `JUNO_IMAGES` asks for more: `JUNO_IMAGES=10000 npx ava --timeout=25m test/ledger/faults/power-cuts.test.ts`. */
const images = Number(process.env.JUNO_IMAGES ?? "320");

const recorder = builtShim("recorded-calls.c");
const failing = builtShim("failing-calls.c");

const withRecording = (title: string, run: (t: ExecutionContext, shims: string[], life: Recording) => void): void => {
  if (recorder === undefined || failing === undefined) {
    test.skip(`${title} (skipped: needs Linux and a C compiler)`, (t) => t.fail());
    return;
  }
  const shims = [recorder, failing];
  test.serial(title, (t) => {
    recorded ??= record(shims, fresh, ["killed after its history", "stopped in order", "killed after a flood"]);
    run(t, shims, recorded);
  });
};
let recorded: Recording | undefined;

withRecording("the recorded calls make the very files that the store left", (t, _, { from, calls, to }) => {
  const disk = syncedDisk(from);
  for (const call of calls) disk.take(call);
  const made = disk.after(disk.pending());
  t.deepEqual([...made.keys()].sort(), [...to.keys()].sort());
  for (const [path, bytes] of to) t.true(made.get(path)?.equals(bytes), path);
});

/** Tries so many cuts; `said` hears what is wrong with one. */
function tryCuts(life: Recording, count: number, seed: number, said: (flaw: string) => void): Tally {
  const random = seededTape(seed, false).stream("moments");
  return tryCutsAt(life, momentsOf(life, count, random), seed, said);
}

function tryCutsAt(life: Recording, moments: readonly number[], seed: number, said: (flaw: string) => void): Tally {
  const tally: Tally = { kinds: new Set(), early: 0, late: 0 };
  eachPowerCut(life, moments, seededTape(seed, false).stream("cuts"), (cut) => {
    tally.kinds.add(cut.kind);
    const found = startOn(cut.files);
    const where = `${cut.kind}, before call ${cut.at}`;
    if ("refused" in found) said(`${where}: refused: ${found.refused}`);
    else if (!cut.allowed.includes(found.state)) said(`${where}: lost what was promised`);
    else if (found.state === cut.allowed.at(-1)) tally.late++;
    else tally.early++;
  });
  return tally;
}

/** Images that hold the state before the write under way, and those that hold it too. */
type Tally = { readonly kinds: Set<CutKind>; early: number; late: number };

withRecording("after a power cut at any call, all that was promised is there", (t, _, life) => {
  const { kinds, early, late } = tryCuts(life, images, 1, (flaw) => t.fail(flaw));
  t.is(early + late, images);
  t.deepEqual([...kinds].sort(), [...cutKinds].sort());
  t.true(early > 0 && late > 0);
  t.log(`${images} images of ${life.calls.length} calls: ${early} without the write under way, ${late} with it`);
});

withRecording("the power goes again while the node comes back from a power cut", (t, shims, life) => {
  const again = Math.min(20, Math.ceil(images / 500));
  const starts: PowerCut[] = [];
  const random = seededTape(2, false).stream("cuts");
  eachPowerCut(life, momentsOf(life, again * 3, random), random, (cut) => starts.push(cut));
  for (const [i, { files, at, kind }] of starts.entries()) {
    if (i % 3 !== 1) continue;
    const next = record(shims, files, ["stopped in order"]);
    tryCuts(next, 60, i, (flaw) => t.fail(`${kind}, before call ${at}, and then ${flaw}`));
  }
  t.true(starts.length >= 3);
});

for (const ending of [
  "ended by a failing sync of the log",
  "killed at a failing sync of the log",
  "ended by a failing sync of the database",
] as const) {
  withRecording(`D05 a node ${ending} starts again, and then the power goes`, (t, shims) => {
    const life = record(shims, fresh, [ending, "stopped in order"]);
    const lost = life.calls.findIndex(({ kind }) => kind === "lost");
    t.true(lost > 0);
    // Before it failed, the write that nobody speaks of later might have been kept.
    const moments = life.calls.flatMap((_, at) => (at <= lost ? [] : Array<number>(Math.ceil(images / 160)).fill(at)));
    const { early, late } = tryCutsAt(life, moments, 5, (flaw) => t.fail(flaw));
    t.is(early + late, moments.length);
    t.log(`${moments.length} images`);
  });
}

const lies: readonly (readonly [what: string, swallowed: (call: Call) => boolean])[] = [
  ["all syncs", ({ kind }) => kind === "sync"],
  ["the log's syncs", (call) => call.kind === "sync" && call.path.endsWith("-wal")],
  ["the database's syncs", (call) => call.kind === "sync" && call.path.endsWith(".sqlite")],
  ["the data folder's syncs", (call) => call.kind === "sync" && call.path === "data"],
  ["the syncs of the folder with the key", (call) => call.kind === "sync" && call.path === ""],
];
for (const [what, swallowed] of lies) {
  withRecording(`canary: a disk that lies about ${what} is noticed`, (t, _, life) => {
    const flaws: string[] = [];
    tryCuts({ ...life, calls: life.calls.filter((call) => !swallowed(call)) }, 60, 3, (flaw) => flaws.push(flaw));
    t.true(flaws.length > 0);
    t.log(`${flaws.length} of 60 images, the first: ${flaws[0]}`);
  });
}

withRecording("canary: a store that asks for no syncs is noticed", (t, shims) => {
  const life = record(shims, fresh, ["killed, without syncs"]);
  t.false(
    life.calls.some((call) => call.kind === "sync" && call.path.endsWith("-wal")),
    "it asks for none",
  );
  const flaws: string[] = [];
  tryCuts(life, 60, 4, (flaw) => flaws.push(flaw));
  t.true(flaws.length > 0);
});
