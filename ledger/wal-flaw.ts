/**
 * Tells a damaged write-ahead log from one that a crash cut short. SQLite reads a log up to the first frame whose
 * checksum is wrong, so a flipped bit would silently take back every commit behind it: a node would forget votes.
 * A crash can only harm the last transaction, as each one is synced before the next begins.
 *
 * Source: https://sqlite.org/fileformat2.html, The Write-Ahead Log.
 */
import { readFileSync } from "node:fs";

const headerBytes = 32;
const frameHeaderBytes = 24;

/** Why the log beside a database lost commits that had been synced; undefined where it did not, or there is none. */
export function flawOfWal(walFile: string): string | undefined {
  const wal = readIfThere(walFile);
  // The header is synced before the first frame is written, so up to there nothing was promised.
  if (wal === undefined || wal.length <= headerBytes + frameHeaderBytes) return undefined;
  const magic = wal.readUInt32BE(0);
  const littleEndian = magic === 0x377f0682;
  if (!littleEndian && magic !== 0x377f0683) return "its write-ahead log has a damaged header";
  const sums: Sums = { littleEndian, first: 0, second: 0 };
  addTo(sums, wal, 0, 24);
  if (!matches(sums, wal, 24)) return "its write-ahead log has a damaged header";

  const frameBytes = frameHeaderBytes + wal.readUInt32BE(8);
  let valid = true;
  let committedBehind = false;
  for (let at = headerBytes; at + frameBytes <= wal.length; at += frameBytes) {
    const ofThisRound = wal.compare(wal, 16, 24, at + 8, at + 16) === 0;
    if (valid) {
      addTo(sums, wal, at, at + 8);
      addTo(sums, wal, at + frameHeaderBytes, at + frameBytes);
      valid = ofThisRound && matches(sums, wal, at + 16);
    }
    if (valid || !ofThisRound) continue;
    // The first commit from the damage on may be the one that a crash cut short; frames behind it show that it was synced.
    if (committedBehind) return `its write-ahead log is damaged before byte ${at}, in commits that had been synced`;
    committedBehind = wal.readUInt32BE(at + 4) !== 0;
  }
  return undefined;
}

type Sums = { readonly littleEndian: boolean; first: number; second: number };

/** SQLite's checksum, carried on from frame to frame. */
function addTo(sums: Sums, bytes: Buffer, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let { first, second } = sums;
  for (let at = start; at < end; at += 8) {
    first = (first + view.getUint32(at, sums.littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, sums.littleEndian) + first) >>> 0;
  }
  sums.first = first;
  sums.second = second;
}

function matches(sums: Sums, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === sums.first && bytes.readUInt32BE(at + 4) === sums.second;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
