import test from "ava";
import fc from "fast-check";
import { createFrameReader, encodeFrames, type Framing } from "../../../cluster/nng/frame.ts";
import { encodeHello, type Protocol, parseHello } from "../../../cluster/nng/hello.ts";
import { framed } from "./setting.ts";

const framings = fc.constantFrom<Framing>("stream", "ipc");

function lengthHeader(length: bigint): Buffer {
  const header = Buffer.alloc(8);
  header.writeBigUInt64BE(length);
  return header;
}

/** Cuts the bytes at the given places, taken modulo the length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const place of [...sorted, bytes.length]) {
    pieces.push(bytes.slice(start, place));
    start = place;
  }
  return pieces;
}

const hellos: Record<Protocol, string> = {
  push: "0053500000500000",
  pull: "0053500000510000",
  pair0: "0053500000100000",
};
for (const [protocol, hex] of Object.entries(hellos) as [Protocol, string][]) {
  test(`the hello of ${protocol} is ${hex}`, (t) => {
    t.is(Buffer.from(encodeHello(protocol)).toString("hex"), hex);
    t.deepEqual(parseHello(Buffer.from(hex, "hex")), { ok: true, protocol });
  });
}

test("a hello with any byte changed is refused or names another protocol", (t) => {
  for (const protocol of Object.keys(hellos) as Protocol[]) {
    for (let at = 0; at < 8; at++) {
      for (let value = 0; value < 256; value++) {
        const bytes = encodeHello(protocol);
        if (bytes[at] === value) continue;
        bytes[at] = value;
        const parsed = parseHello(bytes);
        if (at === 5) t.false(parsed.ok && parsed.protocol === protocol);
        else t.deepEqual(parsed, { ok: false, reason: at === 4 ? "unknownProtocol" : "badHello" });
      }
    }
  }
});

test("garbage is no hello, whatever its length", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const known = Object.values(hellos).includes(Buffer.from(bytes).toString("hex"));
      return parseHello(bytes).ok === known;
    }),
  );
  t.false(parseHello(Buffer.from("GET / HT")).ok);
  t.false(parseHello(encodeHello("push").subarray(0, 7)).ok);
  t.false(parseHello(Buffer.concat([encodeHello("push"), Buffer.of(0)])).ok);
});

test("a frame over TCP is its 64-bit length and its bytes, over ipc a byte 1 before", (t) => {
  const bytes = (framing: Framing) => Buffer.concat(encodeFrames([Buffer.from("hi")], framing)).toString("hex");
  t.is(bytes("stream"), "00000000000000026869");
  t.is(bytes("ipc"), "0100000000000000026869");
});

test("any frames in any chunking come out the same, each in memory of its own", (t) => {
  const body = fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    // Around the copying threshold of the encoder and above the first allocation of the reader.
    { weight: 1, arbitrary: fc.constantFrom(4095, 4096, 4097, 65_536, 65_537, 300_000).map((n) => Buffer.alloc(n, n)) },
  );
  fc.assert(
    fc.property(
      framings,
      fc.array(body, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (framing, bodies, places) => {
        const reader = createFrameReader(framing, 300_000);
        const frames: Uint8Array<ArrayBuffer>[] = [];
        for (const chunk of cut(Buffer.concat(encodeFrames(bodies, framing)), places)) {
          const fed = reader.feed(chunk);
          t.true(fed.ok);
          frames.push(...fed.frames);
          chunk.fill(0xee);
        }
        t.false(reader.midFrame());
        t.is(frames.length, bodies.length);
        for (const [at, frame] of frames.entries()) {
          if (!Buffer.from(bodies[at] ?? []).equals(frame)) return false;
          if (frame.buffer.byteLength !== frame.length) return false;
        }
        return true;
      },
    ),
    { numRuns: 60 },
  );
});

test("bytes one by one come out as the same frames", (t) => {
  for (const framing of ["stream", "ipc"] as const) {
    const reader = createFrameReader(framing, 10);
    const frames: string[] = [];
    for (const byte of Buffer.concat(encodeFrames([Buffer.from("one"), Buffer.of(), Buffer.from("three")], framing))) {
      for (const frame of reader.feed(Buffer.of(byte)).frames) frames.push(Buffer.from(frame).toString());
    }
    t.deepEqual(frames, ["one", "", "three"]);
  }
});

for (const [length, ok] of [
  [999, true],
  [1000, true],
  [1001, false],
] as const) {
  test(`of at most 1000 bytes, a frame of ${length} is ${ok ? "taken" : "refused"}`, (t) => {
    const fed = createFrameReader("stream", 1000).feed(framed(Buffer.alloc(length)));
    t.is(fed.ok, ok);
    t.is(fed.frames.length, ok ? 1 : 0);
  });
}

test("a length above the limit is refused by its header alone, up to 2^64 - 1", (t) => {
  for (const length of [1001n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 5n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    const fed = createFrameReader("stream", 1000).feed(lengthHeader(length));
    t.deepEqual(fed, { ok: false, frames: [], reason: "frameTooLarge" });
  }
});

test("announcing a long frame allocates little, and bytes that come at most their fourfold", (t) => {
  const before = process.memoryUsage().arrayBuffers;
  const reader = createFrameReader("stream", 2 ** 30);
  t.true(reader.feed(lengthHeader(2n ** 30n)).ok);
  t.true(process.memoryUsage().arrayBuffers - before < 2 ** 20);
  for (let sent = 0; sent < 32; sent++) t.true(reader.feed(Buffer.alloc(32 * 1024)).ok);
  t.true(process.memoryUsage().arrayBuffers - before < 16 * 2 ** 20);
  t.true(reader.midFrame());
});

test("frames before the break are given out, and after it nothing is read", (t) => {
  const reader = createFrameReader("ipc", 100);
  const good = Buffer.concat(encodeFrames([Buffer.from("good")], "ipc"));
  const bad = Buffer.concat([Buffer.of(2), lengthHeader(1n), Buffer.of(7)]);
  const fed = reader.feed(Buffer.concat([good, bad, good]));
  t.deepEqual(
    fed.frames.map((frame) => Buffer.from(frame).toString()),
    ["good"],
  );
  t.like(fed, { ok: false, reason: "badFrameType" });
  t.deepEqual(reader.feed(good), { ok: false, frames: [], reason: "badFrameType" });
});

test("garbage never throws and never yields a frame above the limit", (t) => {
  fc.assert(
    fc.property(framings, fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (framing, chunks) => {
      const reader = createFrameReader(framing, 16);
      return chunks.every((chunk) => reader.feed(chunk).frames.every((frame) => frame.length <= 16));
    }),
  );
  t.pass();
});
