/** Builds one batch out of several messages, in one piece of memory. */
import { numbersPerCheck, numbersPerLeaf, type SignatureBatch } from "./signature-batch.ts";

export type BuiltBatch = {
  readonly batch: SignatureBatch;
  /** Where each source begins in `batch.data`, in the order they were added. */
  readonly sourceStarts: readonly number[];
};

export class SignatureBatchBuilder {
  readonly #memory: "shared" | "own";
  readonly #sources: Uint8Array[] = [];
  readonly #sourceStarts: number[] = [];
  readonly #checks: number[] = [];
  readonly #leaves: number[] = [];
  readonly #keys: Uint8Array[] = [];
  readonly #keyNumbers: Map<string, number> = new Map();
  /** Most checks are under the key of the one before, which is the same object then. */
  #lastKey: Uint8Array | undefined;
  #lastKeyNumber = 0;
  #dataBytes = 0;

  /** `own` makes plain memory, for one thread. */
  constructor(memory: "shared" | "own" = "shared") {
    this.#memory = memory;
  }

  get checkCount(): number {
    return this.#checks.length / numbersPerCheck;
  }

  get leafCount(): number {
    return this.#leaves.length / numbersPerLeaf;
  }

  /** Bytes of all sources so far. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** Adds a source and returns where it begins in the batch's data; its bytes are copied by `build`, not before. */
  addSource(bytes: Uint8Array): number {
    const start = this.#dataBytes;
    this.#sources.push(bytes);
    this.#sourceStarts.push(start);
    this.#dataBytes += bytes.length;
    return start;
  }

  /** Adds a check and returns its number; offsets count in the batch's data, the key is copied by `build`. */
  addCheck(messageStart: number, messageEnd: number, signatureStart: number, publicKey: Uint8Array): number {
    if (publicKey.length !== 32) throw new RangeError(`a public key has 32 bytes, not ${publicKey.length}`);
    const number = this.checkCount;
    this.#checks.push(messageStart, messageEnd, signatureStart, this.#keyNumber(publicKey));
    return number;
  }

  /** Adds a range to hash and returns its number; offsets count in the batch's data. */
  addLeaf(start: number, end: number): number {
    const number = this.leafCount;
    this.#leaves.push(start, end);
    return number;
  }

  /** Copies everything together; the builder is of no use afterwards. */
  build(): BuiltBatch {
    // Numbers first, so that both arrays of them are aligned.
    const leavesStart = this.#checks.length * 4;
    const keysStart = leavesStart + this.#leaves.length * 4;
    const dataStart = keysStart + this.#keys.length * 32;
    const bytes = dataStart + this.#dataBytes;
    const buffer = this.#memory === "shared" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
    const checks = new Uint32Array(buffer, 0, this.#checks.length);
    const leaves = new Uint32Array(buffer, leavesStart, this.#leaves.length);
    const keys = new Uint8Array(buffer, keysStart, this.#keys.length * 32);
    const data = new Uint8Array(buffer, dataStart);
    checks.set(this.#checks);
    leaves.set(this.#leaves);
    for (const [number, key] of this.#keys.entries()) keys.set(key, number * 32);
    for (const [number, source] of this.#sources.entries()) data.set(source, this.#sourceStarts[number]);
    return { batch: { data, checks, keys, leaves }, sourceStarts: this.#sourceStarts };
  }

  #keyNumber(publicKey: Uint8Array): number {
    if (publicKey !== this.#lastKey) {
      this.#lastKey = publicKey;
      this.#lastKeyNumber = this.#findKeyNumber(publicKey);
    }
    return this.#lastKeyNumber;
  }

  #findKeyNumber(publicKey: Uint8Array): number {
    const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, 32).toString("latin1");
    const known = this.#keyNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#keys.length;
    this.#keys.push(publicKey);
    this.#keyNumbers.set(name, number);
    return number;
  }
}
