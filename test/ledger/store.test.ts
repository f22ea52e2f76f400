import { join } from "node:path";
import test from "ava";
import { evidenceMax } from "../../ledger/evidence-rows.ts";
import { entriesApartMax } from "../../ledger/kept-certificates.ts";
import { openDatabase } from "../../ledger/sqlite.ts";
import { openStore } from "../../ledger/store.ts";
import type { Evidence } from "../../wire/durable.ts";
import { type Segment, sliceSegment } from "../../wire/entries.ts";
import type { Digest, LogIndex, NodeId, Term } from "../../wire/types.ts";
import { history } from "./history.ts";
import {
  certificate,
  cluster,
  folderFor,
  genesis,
  headOf,
  loaded,
  opened,
  optionsFor,
  plain,
  plainEntries,
  segment,
} from "./signed-cluster.ts";

const at = (index: number): LogIndex => index as LogIndex;

test("an empty store remembers nothing", (t) => {
  const store = opened(join(folderFor(t), "store"), { create: true });
  t.is(
    plain(loaded(store)),
    plain({
      term: 0 as Term,
      vote: undefined,
      lock: undefined,
      acknowledged: undefined,
      commit: undefined,
      tail: [],
      displaced: [],
    }),
  );
  t.deepEqual(
    [store.lastIndex, store.commitIndex, store.hashAt(at(0)), store.hashAt(at(1))],
    [at(0), at(0), cluster, undefined],
  );
  t.is(store.committedChunk(at(1), 10), undefined);
  store.close();
});

test("what was written is there after the next start", (t) => {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true });
  const writes = history();
  for (const write of writes) store.write(write);
  const before = plain(loaded(store));
  const hashes = Array.from({ length: 47 }, (_, i) => store.hashAt(at(i)));
  store.close();

  const again = opened(file);
  t.is(plain(loaded(again)), before);
  t.deepEqual(
    Array.from({ length: 47 }, (_, i) => again.hashAt(at(i))),
    hashes,
  );
  t.deepEqual([again.lastIndex, again.commitIndex], [at(46), at(30)]);
  const durable = loaded(again);
  t.deepEqual(
    plainEntries(durable.tail).map((entry) => entry.index),
    Array.from({ length: 16 }, (_, i) => 31 + i),
  );
  t.deepEqual(plainEntries(durable.displaced), plainEntries(writes[3]?.[0]?.displaced ?? []));
  t.is(durable.vote?.candidate, 1 as NodeId);
  t.is(durable.lock?.index, at(45));
  t.true(durable.tail[0]?.entries.data.buffer instanceof SharedArrayBuffer);
  const evidence = again.evidence();
  t.deepEqual(evidence.ok && evidence.value, [writes[5]?.[0]?.evidence] as Evidence[]);
  const { bytes, commandBytes, ...stats } = again.stats();
  t.deepEqual(stats, { entries: 46, segments: 4, certificates: 1, displacedSegments: 1, evidence: 1 });
  t.true(bytes > commandBytes && commandBytes > 46 * 100);
  again.close();
});

test("truncation inside a segment keeps what is below it", (t) => {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true });
  const whole = segment(1, cluster, 10);
  const kept = sliceSegment(whole, at(1), at(4));
  const next = segment(5, headOf(kept), 3, 2);
  store.write([{ append: whole }, { truncateAfter: at(4) }]);
  t.is(store.lastIndex, at(4));
  t.is(store.hashAt(at(5)), undefined);
  store.write([{ truncateAfter: at(4), append: next }]);
  store.write([{ truncateAfter: at(100) }]);
  store.close();
  const again = opened(file);
  t.deepEqual(plainEntries(loaded(again).tail), plainEntries([kept, next]));
  again.write([{ truncateAfter: at(0) }]);
  t.deepEqual([again.lastIndex, again.stats().commandBytes, again.hashAt(at(0))], [at(0), 0, cluster]);
  again.close();
});

test("read gives any range, cut at its ends", (t) => {
  const store = opened(join(folderFor(t), "store"), { create: true });
  const a = segment(1, cluster, 5);
  const b = segment(6, headOf(a), 1);
  const c = segment(7, headOf(b), 6);
  store.write([{ append: a }, { append: b }, { append: c }]);
  const all = plainEntries([a, b, c]);
  for (let from = 1; from <= 12; from++) {
    for (let to = from; to <= 12; to++)
      t.deepEqual(plainEntries(store.read(at(from), at(to))), all.slice(from - 1, to));
  }
  t.throws(() => store.read(at(5), at(13)), { message: /index 13/ });
  store.close();
});

test("a promise is never taken back", (t) => {
  const lock = certificate("replication", 2, 5, cluster);
  const vote = { term: 3 as Term, candidate: 1 as NodeId, lock: { term: 2 as Term, index: at(5), hash: cluster } };
  const a = segment(1, cluster, 5);
  const held = [{ term: 3 as Term, vote, lock, append: a, commit: certificate("commit", 3, 4, hashAfter(a, 4)) }];
  const table = [
    ["term", { term: 2 as Term }],
    ["vote", { vote: { ...vote, candidate: 0 as NodeId } }],
    ["vote", { vote: { ...vote, term: 2 as Term } }],
    ["lock", { lock: certificate("replication", 2, 4, cluster) }],
    ["lock", { lock: certificate("replication", 1, 9, cluster) }],
    ["truncation", { truncateAfter: at(3) }],
    ["commit", { commit: certificate("commit", 3, 3, hashAfter(a, 3)) }],
    ["commit", { commit: certificate("commit", 3, 5, cluster) }],
    ["commit", { commit: certificate("commit", 3, 6, cluster) }],
    ["append", { append: segment(7, headOf(a), 1) }],
    ["entry", { append: segment(6, cluster, 1) }],
  ] as const;
  for (const [word, write] of table) {
    const file = join(folderFor(t), "store");
    const store = opened(file, { create: true });
    store.write(held);
    const before = plain(loaded(store));
    t.throws(() => store.write([{ acknowledged: { term: 3 as Term, index: at(5) } }, write]), {
      message: new RegExp(word),
    });
    t.throws(() => store.write([{ term: 9 as Term }]), { message: /after a failure/ });
    store.close();
    const again = opened(file);
    t.is(plain(loaded(again)), before, "a failed write leaves no part of it");
    again.close();
  }
});

test("chunks for a node that catches up end in kept certificates, and few are kept", (t) => {
  const store = opened(join(folderFor(t), "store"), { create: true });
  let hash: Digest = cluster;
  const batch = 100;
  for (let first = 1; first < 5000; first += batch) {
    const next: Segment = segment(first, hash, batch);
    hash = headOf(next);
    store.write([{ append: next, commit: certificate("commit", 1, first + batch - 1, hash) }]);
  }
  t.true(store.stats().certificates <= 7, `${store.stats().certificates} certificates`);
  let from = 1;
  let chunks = 0;
  let prev = cluster;
  while (from <= store.commitIndex) {
    const chunk = store.committedChunk(at(from), 2000);
    if (chunk === undefined) return t.fail(`no chunk from ${from}`);
    const entries = plainEntries(chunk.segments);
    t.is(entries[0]?.index, from);
    t.is(entries.at(-1)?.index, Number(chunk.commit.index));
    t.is(entries.at(-1)?.hash, Buffer.from(chunk.commit.hash).toString("hex"));
    t.deepEqual(chunk.prevHash, prev);
    t.true(entries.length <= 2000);
    prev = chunk.commit.hash;
    from = chunk.commit.index + 1;
    chunks++;
  }
  t.is(chunks, 3, "kept every 1000 entries, so two gaps fit into a chunk");
  t.is(store.committedChunk(at(5001), 10), undefined);
  const small = store.committedChunk(at(1), 10);
  t.true(
    small !== undefined && small.commit.index <= entriesApartMax,
    "the first one above, where none is near enough",
  );
  const few = store.committedChunk(at(1), 5000, 1);
  t.is(few?.commit.index, small?.commit.index, "bytes bound a chunk as commands do");
  t.is(loaded(store).commit?.index, at(5000));
  store.close();
});

test("evidence is kept once, for ever, and bounded", (t) => {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true });
  const evidence = (n: number): Evidence => ({
    kind: "invalid append",
    accused: [3 as NodeId],
    frames: [new Uint8Array([n >> 8, n])],
  });
  store.write([{ evidence: evidence(1) }, { evidence: evidence(2) }, { evidence: evidence(1) }]);
  t.is(store.stats().evidence, 2);
  store.write(Array.from({ length: evidenceMax + 5 }, (_, n) => ({ evidence: evidence(n) })));
  t.is(store.stats().evidence, evidenceMax);
  store.close();
  const again = opened(file);
  loaded(again);
  t.is(again.stats().evidence, evidenceMax);
  again.close();
});

test("a store that is not this node's is refused, with the mend", (t) => {
  const folder = folderFor(t);
  const file = join(folder, "store");
  const refusal = (more: Parameters<typeof optionsFor>[1], of = file): string => {
    const outcome = openStore(optionsFor(of, more));
    if (!outcome.ok) return outcome.reason;
    outcome.value.close();
    return "opened";
  };
  t.regex(refusal({}), /store is missing.*restore it from a copy.*replace this validator/);
  t.is(refusal({ create: true }), "opened");
  t.is(refusal({ create: true }), "opened");
  t.regex(refusal({ genesis: { ...genesis, name: "another" } }), /belongs to cluster .*genesis/);
  t.regex(refusal({ node: 3 as NodeId }), /belongs to node 2, not to node 3/);
  t.regex(refusal({ create: true }, join(folder, "none", "store")), /folder exists/);
  const db = openDatabase(file, "write");
  db.exec("UPDATE meta SET value = '2' WHERE name = 'format'");
  db.close();
  t.regex(refusal({}), /format 2, this program reads format 1/);
  const other = join(folder, "other");
  const foreign = openDatabase(other, "write");
  foreign.exec("CREATE TABLE t (a); CREATE TABLE u (a)");
  foreign.close();
  t.regex(refusal({ create: true }, other), /is not a Juno store/);
});

test("a second opening is refused while the first one lasts", (t) => {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true });
  const second = openStore(optionsFor(file));
  t.regex(second.ok ? "opened" : second.reason, /in use by a running node/);
  store.write([{ append: segment(1, cluster, 1) }]);
  store.close();
  opened(file).close();
});

test("a store without room says so and keeps what it had", (t) => {
  const file = join(folderFor(t), "store");
  const store = opened(file, { create: true, bytesMax: 300_000 });
  let hash: Digest = cluster;
  let written = 0;
  const error = t.throws(() => {
    for (;;) {
      const next: Segment = segment(written + 1, hash, 100);
      store.write([{ append: next, acknowledged: { term: 1 as Term, index: at(written + 100) } }]);
      hash = headOf(next);
      written += 100;
    }
  });
  t.true(written >= 500);
  t.regex(error.message, /store has no room to grow; make room on the disk.*start again, nothing is lost \(.*full\)/);
  t.is(store.lastIndex, at(written));
  store.close();
  const again = opened(file);
  const durable = loaded(again);
  t.is(durable.acknowledged?.index, at(written));
  t.is(plainEntries(durable.tail).at(-1)?.hash, Buffer.from(hash).toString("hex"));
  again.write([{ append: segment(written + 1, hash, 100) }]);
  again.close();
});

function hashAfter(of: Segment, index: number): Digest {
  return headOf(sliceSegment(of, of.first, at(index)));
}
