/**
 * The commands inside one frame, as rows of numbers: a frame holds thousands, and an object for each, with views of its
 * parts, would cost more than hashing them.
 */
import type { CommandReader } from "../wire/command-reader.ts";

/** Columns of a row. Offsets count from the frame's first byte. */
export const column = {
  /** The envelope's bytes. */
  start: 0,
  end: 1,
  signedStart: 2,
  signedEnd: 3,
  signatureStart: 4,
  payloadStart: 5,
  payloadEnd: 6,
  client: 7,
  request: 8,
  /** Of the entry; 0 where it is not one. */
  term: 9,
} as const;

const width = 10;

export type CommandRows = {
  readonly numbers: number[];
  /** The public key of each command's client. */
  readonly keys: Uint8Array[];
};

export function createCommandRows(): CommandRows {
  return { numbers: [], keys: [] };
}

export const noCommands: CommandRows = createCommandRows();

/** Adds the command that the reader has just read from [start, end). */
export function addRow(
  rows: CommandRows,
  reader: CommandReader,
  start: number,
  end: number,
  term: number,
  key: Uint8Array,
): void {
  const { signedStart, signedEnd, signatureStart, payloadStart, payloadEnd, client, request } = reader;
  rows.numbers.push(
    start,
    end,
    signedStart,
    signedEnd,
    signatureStart,
    payloadStart,
    payloadEnd,
    client,
    request,
    term,
  );
  rows.keys.push(key);
}

export function rowCount(rows: CommandRows): number {
  return rows.keys.length;
}

export function numberAt(rows: CommandRows, row: number, of: (typeof column)[keyof typeof column]): number {
  return rows.numbers[row * width + of] ?? 0;
}
