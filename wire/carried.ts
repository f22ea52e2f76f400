/**
 * The commands that a message carries, found where they lie: an AE holds hundreds, and an object for each, with views of its parts,
 * costs more than hashing it. What is left of the message is decoded as any other.
 */
import * as proto from "./gen/juno.ts";

/** Commands in the order in which they stand; those of an AE or of a SYNC answer are entries. */
export type Carried = {
  readonly count: number;
  /** Byte range of each signed command, counted from the frame's first byte. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The term of each entry; 0 where it is only a command. */
  readonly terms: Float64Array;
};

/** A message without what it carries: its lists of commands or entries are empty. */
export type Carrier = { readonly rest: proto.Signed; readonly carried: Carried };

type List = {
  /** Tag of the field that is repeated: a command, or an entry with a term and a command. */
  readonly tag: number;
  readonly ofEntries: boolean;
  readonly decode: (rest: Uint8Array) => NonNullable<proto.Signed["body"]>;
};

/** By the number of the body's field, as in juno.proto. */
const lists: ReadonlyMap<number, List> = new Map([
  [
    11,
    {
      tag: 0x12,
      ofEntries: false,
      decode: (rest) => ({ $case: "commandBatch", value: proto.CommandBatch.decode(rest) }),
    },
  ],
  [14, { tag: 0x12, ofEntries: false, decode: (rest) => ({ $case: "relay", value: proto.Relay.decode(rest) }) }],
  [
    20,
    {
      tag: 0x2a,
      ofEntries: true,
      decode: (rest) => ({ $case: "appendEntries", value: proto.AppendEntries.decode(rest) }),
    },
  ],
  [
    28,
    {
      tag: 0x22,
      ofEntries: true,
      decode: (rest) => ({ $case: "syncResponse", value: proto.SyncResponse.decode(rest) }),
    },
  ],
]);

/** Body fields have numbers from here on; those before are the message's domain, cluster and signer. */
const bodyFrom = 10;
const entryTermTag = 0x08;

export const nothingCarried: Carried = {
  count: 0,
  starts: new Uint32Array(0),
  ends: new Uint32Array(0),
  terms: new Float64Array(0),
};

/**
 * Reads signed bytes of canonical form (see canonical.ts), which begin `base` bytes into the frame; undefined where they are no
 * message that carries commands.
 */
export function findCarried(signed: Uint8Array, base: number): Carrier | undefined {
  const cursor = { data: signed, at: 0 };
  let bodyTagAt = 0;
  let tag = 0;
  for (;;) {
    if (cursor.at >= signed.length) return undefined;
    bodyTagAt = cursor.at;
    tag = varint(cursor);
    if (tag >>> 3 >= bodyFrom) break;
    const value = varint(cursor);
    if ((tag & 7) === 2) cursor.at += value;
  }
  const list = lists.get(tag >>> 3);
  if (list === undefined) return undefined;
  varint(cursor);
  const bodyStart = cursor.at;
  const listStart = startOfList(cursor, list.tag);
  const carried = list.ofEntries ? readEntries(cursor, list.tag, base) : readCommands(cursor, list.tag, base);
  const listEnd = cursor.at;
  const rest = new Uint8Array(signed.length - bodyStart - (listEnd - listStart));
  rest.set(signed.subarray(bodyStart, listStart));
  rest.set(signed.subarray(listEnd), listStart - bodyStart);
  const head = proto.Signed.decode(signed.subarray(0, bodyTagAt));
  return { rest: { ...head, body: list.decode(rest) }, carried };
}

type Cursor = { readonly data: Uint8Array; at: number };

/** A varint of canonical form. */
function varint(cursor: Cursor): number {
  const { data } = cursor;
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = data[cursor.at++] ?? 0;
    if (byte < 0x80) return value + byte * scale;
    value += (byte & 0x7f) * scale;
  }
}

/** Goes to the first field with this tag, or to the place where it would stand, and returns that place. */
function startOfList(cursor: Cursor, listTag: number): number {
  const { data } = cursor;
  while (cursor.at < data.length) {
    const fieldAt = cursor.at;
    const tag = varint(cursor);
    if (tag >= listTag) {
      cursor.at = fieldAt;
      return fieldAt;
    }
    const value = varint(cursor);
    if ((tag & 7) === 2) cursor.at += value;
  }
  return cursor.at;
}

/** How many fields with this tag stand one behind the other; the cursor stays. */
function countOf(cursor: Cursor, listTag: number): number {
  const { at, data } = cursor;
  let count = 0;
  while (data[cursor.at] === listTag) {
    cursor.at++;
    const length = varint(cursor);
    cursor.at += length;
    count++;
  }
  cursor.at = at;
  return count;
}

function emptyCarried(count: number): Carried {
  return { count, starts: new Uint32Array(count), ends: new Uint32Array(count), terms: new Float64Array(count) };
}

function readCommands(cursor: Cursor, listTag: number, base: number): Carried {
  const carried = emptyCarried(countOf(cursor, listTag));
  for (let row = 0; row < carried.count; row++) {
    cursor.at++;
    const length = varint(cursor);
    carried.starts[row] = base + cursor.at;
    cursor.at += length;
    carried.ends[row] = base + cursor.at;
  }
  return carried;
}

function readEntries(cursor: Cursor, listTag: number, base: number): Carried {
  const carried = emptyCarried(countOf(cursor, listTag));
  for (let row = 0; row < carried.count; row++) {
    cursor.at++;
    const length = varint(cursor);
    const end = cursor.at + length;
    if (cursor.at < end && cursor.data[cursor.at] === entryTermTag) {
      cursor.at++;
      carried.terms[row] = varint(cursor);
    }
    // An empty command is left out; it is none, as whoever reads it will find.
    if (cursor.at < end) {
      cursor.at++;
      varint(cursor);
    }
    carried.starts[row] = base + cursor.at;
    carried.ends[row] = base + end;
    cursor.at = end;
  }
  return carried;
}
