/** Messages as plain JSON, byte arrays as hexadecimal text: what is compared, and what other languages can read. */

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** Leaves out what is undefined; throws where JSON has no word for something. */
export function plain(value: unknown): Plain {
  if (value instanceof Uint8Array) return hexOf(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") {
    return value;
  }
  if (typeof value !== "object") throw new Error(`no plain form of a ${typeof value}`);
  const fields = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(fields.map(([name, part]) => [name, plain(part)]));
}
