/** UTF-8 of texts, which are well formed: each first half of a pair is followed by the second. */

const notAscii = /[\u0080-\uffff]/;
/** Up to here, a look at each letter is quicker than an expression, which is four times as quick for long texts. */
const shortMax = 24;

export function isAscii(text: string): boolean {
  if (text.length > shortMax) return !notAscii.test(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** How many bytes it has. */
export function utf8Size(text: string): number {
  if (isAscii(text)) return text.length;
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Both halves of a pair together have four.
    size += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
  }
  return size;
}

export function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** Its letters as numbers. */
export function codePoints(text: string): number[] {
  const items: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isSurrogate(unit)) items.push(0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff));
    else items.push(unit);
  }
  return items;
}

/** So many bytes become a string at once, or a few more: they lie on the platform's stack for a moment. */
export const bytesAtOnce = 1000;

/** Its bytes as a string of characters below 256. */
export function utf8(text: string): string {
  if (isAscii(text)) return text;
  let whole = "";
  // A plain list, written by place: an array of bytes, or pushing, takes twice as long.
  const bytes: number[] = [];
  let size = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes[size++] = unit;
    else if (unit < 0x800) {
      bytes[size++] = 0xc0 | (unit >> 6);
      bytes[size++] = 0x80 | (unit & 0x3f);
    } else if (!isSurrogate(unit)) {
      bytes[size++] = 0xe0 | (unit >> 12);
      bytes[size++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[size++] = 0x80 | (unit & 0x3f);
    } else {
      const code = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
      bytes[size++] = 0xf0 | (code >> 18);
      bytes[size++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[size++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[size++] = 0x80 | (code & 0x3f);
    }
    if (size < bytesAtOnce) continue;
    whole += textOf(bytes, size);
    size = 0;
  }
  return whole + textOf(bytes, size);
}

/** The first so many of a list of bytes, not much more than a thousand. */
export function textOf(bytes: number[], size: number): string {
  bytes.length = size;
  return Reflect.apply(String.fromCharCode, null, bytes);
}
