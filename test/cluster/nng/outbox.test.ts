import test from "ava";
import fc from "fast-check";
import { createOutbox } from "../../../cluster/nng/outbox.ts";

const frame = (value: number, length = 1) => new Uint8Array(length).fill(value);
const values = (frames: readonly Uint8Array[]) => frames.map((one) => one[0]);

test("refuseNew holds up to both limits and refuses what is above them", (t) => {
  const byFrames = createOutbox({ queueBytesMax: 100, queueFramesMax: 2 }, "refuseNew");
  t.deepEqual(
    [1, 2, 3].map((value) => byFrames.offer(frame(value))),
    [true, true, false],
  );
  const byBytes = createOutbox({ queueBytesMax: 100, queueFramesMax: 9 }, "refuseNew");
  t.deepEqual(
    [99, 1, 1].map((length) => byBytes.offer(frame(1, length))),
    [true, true, false],
  );
  t.like(byBytes.stats(), { queuedBytes: 100, queuedFrames: 2, dropped: 1 });
});

test("dropOldest lets the oldest waiting frames go, and counts them", (t) => {
  const outbox = createOutbox({ queueBytesMax: 10, queueFramesMax: 3 }, "dropOldest");
  for (const value of [1, 2, 3, 4]) t.true(outbox.offer(frame(value)));
  t.true(outbox.offer(frame(5, 9)));
  t.deepEqual(values(outbox.take(100)), [4, 5]);
  t.is(outbox.stats().dropped, 3);
});

test("a frame larger than the whole queue is refused and pushes nothing out", (t) => {
  const outbox = createOutbox({ queueBytesMax: 10, queueFramesMax: 3 }, "dropOldest");
  outbox.offer(frame(1));
  t.false(outbox.offer(frame(2, 11)));
  t.deepEqual(values(outbox.take(100)), [1]);
});

test("frames being written are never dropped: the new one is refused where they fill the queue", (t) => {
  const outbox = createOutbox({ queueBytesMax: 100, queueFramesMax: 2 }, "dropOldest");
  outbox.offer(frame(1));
  outbox.offer(frame(2));
  outbox.take(1);
  t.true(outbox.offer(frame(3)), "pushes out 2, which waits");
  outbox.confirm();
  t.deepEqual(values(outbox.take(100)), [3]);
  t.true(outbox.offer(frame(4)));
  t.true(outbox.offer(frame(5)));
  outbox.rewind();
  t.deepEqual(values(outbox.take(100)), [3, 5]);
  t.false(outbox.offer(frame(6)));
});

test("a batch holds at least one frame, and no more than fits", (t) => {
  const outbox = createOutbox({ queueBytesMax: 100, queueFramesMax: 10 }, "refuseNew");
  for (const [value, length] of [
    [1, 50],
    [2, 3],
    [3, 3],
    [4, 5],
  ] as const)
    outbox.offer(frame(value, length));
  t.deepEqual(values(outbox.take(10)), [1]);
  outbox.confirm();
  t.deepEqual(values(outbox.take(10)), [2, 3]);
  t.throws(() => outbox.take(10), { message: /before the last one/ });
});

test("whatever happens, order and counts hold", (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("offer" as const), length: fc.nat(30) }),
    fc.record({ kind: fc.constantFrom("take" as const, "confirm" as const, "rewind" as const), length: fc.nat(40) }),
  );
  const policy = fc.constantFrom("refuseNew" as const, "dropOldest" as const);
  fc.assert(
    fc.property(policy, fc.array(step, { maxLength: 200 }), (whenFull, steps) => {
      const limits = { queueBytesMax: 60, queueFramesMax: 6 };
      const outbox = createOutbox(limits, whenFull);
      const sent: number[] = [];
      let taken: readonly Uint8Array[] = [];
      let offered = 0;
      for (const { kind, length } of steps) {
        if (kind === "offer") {
          const bytes = new Uint8Array(length + 4);
          new DataView(bytes.buffer).setUint32(0, ++offered);
          outbox.offer(bytes);
        } else if (kind === "take" && taken.length === 0) {
          taken = outbox.take(length);
        } else if (kind === "confirm") {
          for (const one of taken) sent.push(new DataView(one.buffer).getUint32(0));
          taken = [];
          outbox.confirm();
        } else if (kind === "rewind") {
          taken = [];
          outbox.rewind();
        }
        const stats = outbox.stats();
        if (stats.queuedBytes > limits.queueBytesMax || stats.queuedFrames > limits.queueFramesMax) return false;
        if (stats.queuedFrames + stats.sent + stats.dropped !== offered || stats.sent !== sent.length) return false;
      }
      return sent.every((value, at) => at === 0 || value > (sent[at - 1] ?? 0));
    }),
  );
  t.pass();
});
