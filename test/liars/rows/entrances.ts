/** What knocks at a node's sockets: B33, B43-B49; a real listener on loopback, a real receiver behind it, a real store. */
import { randomBytes } from "node:crypto";
import { encodeHello } from "../../../cluster/nng/hello.ts";
import { evidenceMax } from "../../../ledger/evidence-rows.ts";
import type { Evidence } from "../../../wire/durable.ts";
import type { Digest, LogIndex, NodeId, Term } from "../../../wire/types.ts";
import { waitUntil } from "../../cluster/nng/wait-until.ts";
import { folderFor, opened } from "../../ledger/signed-cluster.ts";
import { certificateOf, digest, frameOf, pointOf } from "../../wire/cluster.ts";
import { type Encounter, type Limits, must } from "../behaviour.ts";
import { type Entrance, framed, openEntrance } from "../entrance.ts";

/** A vote of node 1's, each at another index. */
function vote(index: number, lie: Parameters<typeof frameOf>[1] = {}): Uint8Array {
  const value = { term: 1 as Term, node: 1 as NodeId, index: index as LogIndex, hash: digest(index % 256) };
  return frameOf({ $case: "commitVote", value }, lie);
}

const forgedBy = { seed: new Uint8Array(32).fill(99) };

/** Runs a row at an entrance of its own; the honest peer that was there before has to be heard at the end. */
async function atEntrance(limits: Partial<Limits>, row: (entrance: Entrance) => Promise<number>): Promise<number> {
  const entrance = await openEntrance(limits);
  try {
    const honest = await entrance.peer();
    const count = await row(entrance);
    const before = entrance.passed.length;
    honest.write(framed(vote(1_000_000)));
    await waitUntil("the honest peer is heard", () => entrance.passed.length > before);
    return count;
  } finally {
    await entrance.close();
  }
}

async function closedFor(entrance: Entrance, reason: string, count: number): Promise<void> {
  const closed = (): number => entrance.stats().closed[reason] ?? 0;
  await waitUntil(`${count} connections are closed as ${reason}`, () => closed() >= count, 2_000);
}

async function refusedAs(entrance: Entrance, reason: string, count: number): Promise<void> {
  const seen = (): number => entrance.receiver.rejects[reason] ?? 0;
  await waitUntil(`${count} are refused as ${reason}`, () => seen() >= count, 2_000);
}

const knocking = { how: "loopback", family: "entrances" } as const;

export const entrances: readonly Encounter[] = [
  {
    ...knocking,
    id: "B33",
    name: "another version of the transport, another protocol, another cluster's id",
    mustObserve: "closed at the handshake, or at the first frame",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        const version = Buffer.from(encodeHello("push"));
        version[3] = 1;
        (await entrance.stranger()).write(version);
        await closedFor(entrance, "badHello", 1);
        (await entrance.stranger()).write(encodeHello("pair0"));
        await closedFor(entrance, "wrongProtocol", 1);
        (await entrance.peer()).write(framed(vote(1, { cluster: digest(9) as Digest })));
        await refusedAs(entrance, "another cluster", 1);
        await closedFor(entrance, "app: another cluster", 1);
        return 3;
      }),
  },
  {
    ...knocking,
    id: "B43",
    name: "garbage: random frames, flipped bits at every place, cut frames, a wrong hello",
    mustObserve: "the connection is closed; nothing throws; nothing passes",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        const good = vote(2);
        const frames = [randomBytes(300), good.subarray(0, good.length - 1), Buffer.alloc(0)];
        for (let at = 0; at < good.length; at += 3) {
          const flipped = Buffer.from(good);
          flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
          frames.push(flipped);
        }
        for (const frame of frames) {
          const peer = await entrance.peer();
          const gone = new Promise((resolve) => peer.once("close", resolve));
          peer.write(framed(frame));
          await gone;
        }
        (await entrance.stranger()).write(randomBytes(64));
        await closedFor(entrance, "badHello", 1);
        must(entrance.passed.length === 0, "a damaged frame was passed on");
        return frames.length + 1;
      }),
  },
  {
    ...knocking,
    id: "B44",
    name: "lengths beyond all bounds: of a frame, of a field, of a list",
    mustObserve: "refused before any memory is taken",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        const before = process.memoryUsage().arrayBuffers;
        for (const length of [64 * 1024 + 1, 2 ** 32, 2 ** 40]) {
          const header = Buffer.alloc(8);
          header.writeBigUInt64BE(BigInt(length));
          (await entrance.peer()).write(header);
        }
        await closedFor(entrance, "frameTooLarge", 3);
        // A field of 2^28 bytes, and of 2^63, in a frame of a few.
        for (const prefix of ["0a80808080017a", "0affffffffffffffffff01"]) {
          (await entrance.peer()).write(framed(Buffer.from(prefix, "hex")));
        }
        await refusedAs(entrance, "malformed envelope", 2);
        const grown = process.memoryUsage().arrayBuffers - before;
        must(grown < 16 * 1024 * 1024, `memory has grown by ${grown} bytes`);
        return 5;
      }),
  },
  {
    ...knocking,
    id: "B45",
    name: "slow-loris: no hello, half a hello, half a frame, a byte now and then",
    mustObserve: "closed by their deadlines; others are served meanwhile",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        await entrance.stranger();
        (await entrance.stranger()).write(encodeHello("push").subarray(0, 5));
        (await entrance.peer()).write(framed(vote(3)).subarray(0, 20));
        const slow = await entrance.peer();
        slow.write(framed(Buffer.alloc(2_000)).subarray(0, 8));
        const drip = setInterval(() => slow.write("x"), 20);
        try {
          await closedFor(entrance, "handshakeTimeout", 2);
          await closedFor(entrance, "frameTimeout", 2);
        } finally {
          clearInterval(drip);
        }
        return 4;
      }),
  },
  {
    ...knocking,
    id: "B46",
    name: "signature floods: well-formed votes under a wrong key, ten times as many as honest ones, on many connections",
    mustObserve:
      "a connection ends at its first forged signature, and what waits behind it is dropped; all honest votes pass; four fifths of the signatures checked are honest ones",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        const flood = Buffer.concat(Array.from({ length: 400 }, (_, at) => framed(vote(10_000 + at, forgedBy))));
        const honest = await entrance.peer();
        for (let at = 0; at < 10; at++) {
          const votes = Array.from({ length: 40 }, (_, i) => framed(vote(10 + 40 * at + i)));
          (await entrance.peer()).write(flood);
          honest.write(Buffer.concat(votes));
        }
        await closedFor(entrance, "app: invalid signature", 10);
        await waitUntil("all honest votes pass", () => entrance.passed.length >= 400);
        must(entrance.passed.length === 400, "a forged vote was passed on");
        const checked = entrance.receiver.counters["signatures checked"] ?? 0;
        must(checked - 400 <= checked / 5, `${checked - 400} of ${checked} signatures checked were of the flood`);
        return 10;
      }),
  },
  {
    ...knocking,
    id: "B47",
    name: "certificate floods: a hundred answers at once, each with a full certificate whose last signature is wrong",
    mustObserve:
      "refused; the connection ends at the first one; of its certificates no more are checked than are at the verifier at once",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        const certificate = (at: number): Buffer => {
          const good = certificateOf("commit", pointOf(1, 5 + at, digest(5)));
          const last = good.endorsements.at(-1);
          if (last === undefined) throw new Error("a certificate without signatures");
          const signature = last.signature.slice() as typeof last.signature;
          signature[3] = (signature[3] ?? 0) ^ 1;
          const value = { ...good, endorsements: good.endorsements.with(-1, { ...last, signature }) };
          const body = { node: 1 as NodeId, prevIndex: 0 as LogIndex, prevHash: digest(1), entries: [] };
          return framed(frameOf({ $case: "syncResponse", value: { ...body, end: { $case: "commit", value } } }));
        };
        const flood = Buffer.concat(Array.from({ length: 100 }, (_, at) => certificate(at)));
        for (let at = 0; at < 5; at++) (await entrance.peer()).write(flood);
        await closedFor(entrance, "app: invalid signature", 5);
        must(entrance.passed.length === 0, "a forged certificate was passed on");
        // Each has its sender's signature and a quorum's; a chunk of them comes at once, two batches are under way by then.
        const checked = entrance.receiver.counters["signatures checked"] ?? 0;
        must(checked <= 5 * 2 * 4, `${checked} signatures of 500 forged certificates were checked`);
        return 5;
      }),
  },
  {
    ...knocking,
    id: "B48",
    name: "storms of connections, opened and reopened, far more than there is room for",
    mustObserve: "those above the cap are refused; an honest peer comes in again afterwards",
    run: (limits) =>
      atEntrance(limits, async (entrance) => {
        const storm = await Promise.all(Array.from({ length: 60 }, () => entrance.stranger()));
        await waitUntil("some are refused", () => entrance.stats().refused > 20, 2_000);
        for (const socket of storm) socket.destroy();
        await waitUntil("there is room again", () => entrance.stats().halfOpen === 0);
        await entrance.peer();
        return storm.length;
      }),
  },
  {
    how: "actors",
    family: "entrances",
    id: "B49",
    name: "evidence to fill the disk: thousands of pairs that a liar signs against itself",
    mustObserve: "the store keeps so many and no more, and goes on working",
    run: async () => {
      const cleanings: (() => void)[] = [];
      const store = opened(`${folderFor({ teardown: (clean) => cleanings.push(clean) })}/store`, { create: true });
      try {
        const evidence = (at: number): Evidence => ({
          kind: "equivocation",
          accused: [1 as NodeId],
          frames: [Buffer.from(`first ${at}`), Buffer.from(`second ${at}`)],
        });
        const count = evidenceMax + 200;
        store.write(Array.from({ length: count }, (_, at) => ({ evidence: evidence(at) })));
        store.write([{ term: 3 as Term }]);
        must(store.stats().evidence === evidenceMax, `${store.stats().evidence} pieces of evidence are kept`);
        return count;
      } finally {
        store.close();
        for (const clean of cleanings.reverse()) clean();
      }
    },
  },
];
