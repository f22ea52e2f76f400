import test from "ava";
import fc from "fast-check";
import { decodeUtf8 } from "../../../hopper/demo/utf8.ts";
import { hold } from "./hold.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function platform(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

function ours(bytes: Uint8Array): string | null {
  const decoded = decodeUtf8(bytes);
  return decoded.ok ? decoded.text : null;
}

test("decodes what the platform's strict decoder decodes, and refuses what it refuses", (t) => {
  const encoder = new TextEncoder();
  const mostlyGood = fc
    .tuple(fc.string({ unit: "binary" }), fc.nat(), fc.nat({ max: 255 }), fc.boolean())
    .map(([text, at, byte, isBroken]) => {
      const bytes = encoder.encode(text);
      if (isBroken && bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
  hold(
    t,
    fc.property(fc.oneof(mostlyGood, fc.uint8Array({ max: 255, maxLength: 8 })), (bytes) => {
      t.is(ours(bytes), platform(bytes));
    }),
    5000,
  );
});

test("every lead byte with every kind of continuation agrees with the platform", (t) => {
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  let disagreements = 0;
  for (let lead = 0x80; lead < 0x100; lead++) {
    for (const second of edges) {
      for (const third of edges) {
        const bytes = Uint8Array.of(lead, second, third, 0x80);
        for (let length = 1; length <= 4; length++) {
          const cut = bytes.slice(0, length);
          if (ours(cut) !== platform(cut)) disagreements++;
        }
      }
    }
  }
  t.is(disagreements, 0);
});

test("names the first byte of the sequence that is wrong", (t) => {
  t.deepEqual(decodeUtf8(Uint8Array.of(0x61, 0xc3, 0xa9, 0xed, 0xa0, 0x80)), { ok: false, position: 3 });
  t.deepEqual(decodeUtf8(Uint8Array.of(0x61, 0xc3)), { ok: false, position: 1 });
});

test("decodes texts longer than one slice", (t) => {
  for (const length of [4095, 4096, 4097, 12_289]) {
    const ascii = "a".repeat(length);
    t.is(ours(new TextEncoder().encode(ascii)), ascii);
    const wide = "😀".repeat(length);
    t.is(ours(new TextEncoder().encode(wide)), wide);
  }
});
