/** Which key has its tables in which slot of the WebAssembly memory. */

/** The slot of what is not a point: the equation calls its checks unsound. */
export const noPoint = 0xffff_ffff;

export class KeySlots {
  /** In the order of their last use. */
  readonly #slots: Map<string, number> = new Map();
  readonly #spare: number[];
  /** One more than are kept, for keys that are used at once and then forgotten. */
  readonly #passing: number;
  readonly #fill: (slot: number, key: Uint8Array) => boolean;

  /** `fill` makes the tables of a key, and tells whether it is a point. */
  constructor(slotsMax: number, fill: (slot: number, key: Uint8Array) => boolean) {
    this.#spare = Array.from({ length: slotsMax }, (_, number) => slotsMax - 1 - number);
    this.#passing = slotsMax;
    this.#fill = fill;
  }

  /** A key's slot, if it has one; it counts as used now. */
  find(key: Uint8Array): number | undefined {
    const name = nameOf(key);
    const slot = this.#slots.get(name);
    if (slot === undefined) return undefined;
    this.#slots.delete(name);
    this.#slots.set(name, slot);
    return slot;
  }

  get isFull(): boolean {
    return this.#spare.length === 0;
  }

  /** Gives a key without slot one, if need be that of the key whose last use is longest ago; or says `noPoint`. */
  add(key: Uint8Array): number {
    const slot = this.#spare.pop() ?? this.#takeOldest();
    if (!this.#fill(slot, key)) {
      this.#spare.push(slot);
      return noPoint;
    }
    this.#slots.set(nameOf(key), slot);
    return slot;
  }

  /** Makes the tables of a key for this once, in a slot that the next call takes away; or says `noPoint`. */
  lend(key: Uint8Array): number {
    return this.#fill(this.#passing, key) ? this.#passing : noPoint;
  }

  #takeOldest(): number {
    for (const [name, slot] of this.#slots) {
      this.#slots.delete(name);
      return slot;
    }
    throw new Error("key slots: none at all");
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}
