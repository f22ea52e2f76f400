/** Strict UTF-8 (RFC 3629), written out because the pure rooms have no TextDecoder. */

export type Decoded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly position: number };

/** Characters turned into a string at once; an argument list has a limit that depends on the platform's stack. */
const sliceMax = 4096;

/**
 * Decodes the whole of `bytes`; a byte order mark is a character like any other. Refuses overlong forms, surrogates, cut
 * sequences and anything above U+10FFFF, with the position of the sequence's first byte. Does not keep `bytes`.
 */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const ascii = asciiPrefix(bytes);
  if (ascii === bytes.length && ascii <= sliceMax) return { ok: true, text: fromUnits(bytes) };
  let text = "";
  for (let at = 0; at < ascii; at += sliceMax) text += fromUnits(bytes.subarray(at, Math.min(at + sliceMax, ascii)));
  const units: number[] = [];
  for (let at = ascii; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const extra = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    if (extra < 0 || at + extra >= bytes.length) return { ok: false, position: at };
    let codePoint = extra === 0 ? lead : lead & (0x3f >> extra);
    for (let i = 1; i <= extra; i++) {
      const byte = bytes[at + i] ?? 0;
      if (byte >> 6 !== 2) return { ok: false, position: at };
      codePoint = (codePoint << 6) | (byte & 0x3f);
    }
    if (!isShortestScalar(codePoint, extra)) return { ok: false, position: at };
    at += extra + 1;
    if (codePoint < 0x10000) units.push(codePoint);
    else units.push(0xd7c0 + (codePoint >> 10), 0xdc00 + (codePoint & 0x3ff));
    if (units.length >= sliceMax) text += fromUnits(units.splice(0));
  }
  return { ok: true, text: text + fromUnits(units) };
}

function asciiPrefix(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] ?? 0x80) < 0x80) at++;
  return at;
}

/** Two-byte overlong forms are gone with the leads 0xC0 and 0xC1. */
function isShortestScalar(codePoint: number, extra: number): boolean {
  if (extra === 2) return codePoint >= 0x800 && (codePoint < 0xd800 || codePoint > 0xdfff);
  return extra < 3 || (codePoint >= 0x10000 && codePoint <= 0x10ffff);
}

function fromUnits(units: ArrayLike<number>): string {
  return Reflect.apply(String.fromCharCode, undefined, units);
}
