/**
 * A set of texts by 64 bits of hash: two of different texts meet with a chance of n²/2^65, one in a million for 5.9 million
 * texts. Where they do, a world is passed over, not called right or wrong.
 */
export class StateSet {
  readonly #slots: BigUint64Array;
  readonly #mask: number;
  size = 0;

  /** Holds up to `max` texts. */
  constructor(max: number) {
    let slots = 1024;
    while (slots < max * 1.6) slots *= 2;
    this.#slots = new BigUint64Array(slots);
    this.#mask = slots - 1;
  }

  /** False where it was there before. */
  add(text: string): boolean {
    let [a, b] = [0x811c9dc5, 0x9747b28c];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x5bd1e995);
      b ^= b >>> 15;
    }
    a ^= a >>> 16;
    const high = BigInt(a >>> 0);
    const low = BigInt(b >>> 0);
    const hash = (high << 32n) | low || 1n;
    for (let at = (a ^ b) & this.#mask; ; at = (at + 1) & this.#mask) {
      const there = this.#slots[at];
      if (there === hash) return false;
      if (there === 0n) {
        this.#slots[at] = hash;
        this.size++;
        return true;
      }
    }
  }
}
