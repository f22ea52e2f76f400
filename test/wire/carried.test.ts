import test from "ava";
import fc from "fast-check";
import { domainOf } from "../../wire/domain.ts";
import { encodeEnvelope, encodeSigned, senderOf } from "../../wire/envelope.ts";
import type { BodyCase } from "../../wire/types.ts";
import { arbitraryBodies } from "./arbitrary-body.ts";
import { bodies } from "./bodies.ts";
import { cluster, frameOf } from "./cluster.ts";
import { openedBothWays } from "./opened-both-ways.ts";

const signature = new Uint8Array(64).fill(3);

for (const kind of Object.keys(domainOf) as BodyCase[]) {
  test(`${kind}: in place it is the same message`, (t) => {
    fc.assert(
      fc.property(arbitraryBodies[kind], (body) => {
        const { whole, inPlace } = openedBothWays(
          encodeEnvelope(encodeSigned(cluster, senderOf(body), body), signature),
        );
        t.deepEqual(inPlace, whole);
      }),
      { numRuns: 60 },
    );
  });
}

test("with a flipped, cut or added byte anywhere it is taken or refused alike, for the same reason", (t) => {
  let taken = 0;
  for (const body of bodies) {
    const frame = frameOf(body);
    const others = [frame.subarray(1), frame.subarray(0, -1), Uint8Array.of(...frame, 0)];
    for (let at = 0; at < frame.length; at++) for (const bit of [1, 4, 128]) others.push(withFlip(frame, at, bit));
    for (const other of others) {
      const { whole, inPlace } = openedBothWays(other);
      t.deepEqual(inPlace, whole);
      if (typeof whole !== "string") taken++;
    }
  }
  t.true(taken > 1000, `${taken} taken`);
});

function withFlip(frame: Uint8Array, at: number, bit: number): Uint8Array {
  const flipped = frame.slice();
  flipped[at] = (flipped[at] ?? 0) ^ bit;
  return flipped;
}
