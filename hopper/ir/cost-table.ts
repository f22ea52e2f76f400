/**
 * What everything costs, in gas: whole numbers, about 5 ns each on the machine it was reckoned for. The table's hash is
 * part of a chain's state, so nodes with other tables are found out (docs/decisions/0016). Sizes count in bytes of canonical form, limbs in 64 bits of |x|.
 */
export const costTable = {
  /** Literal, variable, field, let. */
  simple: 1,
  branch: 2,
  construct: 2,
  constructField: 1,
  closure: 3,
  capture: 1,
  call: 5,
  apply: 8,
  argument: 1,
  /** A round of a loop, and an item of a list that is made. */
  round: 2,
  item: 1,
  /** Items after those that a list's pattern names: they are copied. */
  restItemsPerGas: 4,
  add: 2,
  multiply: 2,
  divide: 4,
  gcd: 8,
  /** Each limb after the first, beside the square. */
  gcdLimb: 120,
  rationalWhole: 4,
  rational: 3,
  text: 2,
  textBytesPerGas: 16,
  /** UTF-8 of a text whose letters are looked at, if it is not ASCII; beside the above. */
  letterBytesPerGas: 2,
  get: 40,
  getBytesPerGas: 16,
  write: 80,
  /** Of keys when rows are read, too: they are made for it. */
  writeBytesPerGas: 2,
  emit: 20,
  module: 100,
  signer: 10,
  sha256: 100,
  sha256BytesPerGas: 2,
  compare: 1,
  compareBytesPerGas: 4,
  moves: 20,
  /** Each row that the command touched is held against each `moves`, and each expectation of its signers. */
  movesRow: 8,
} as const;

export type Limits = {
  readonly gas: number;
  readonly callDepth: number;
  /** Expressions inside each other, over all calls under way. Both evaluators find an end within 0.75 of Node's 984 KiB of stack. */
  readonly nesting: number;
  readonly valueBytes: number;
  /** Parts inside each other of a value that is stored, told, compared or given back. */
  readonly valueNesting: number;
  readonly integerBits: number;
  readonly diffEntries: number;
};

/** Deterministic limits of every command. */
export const limits: Limits = {
  gas: 10_000_000,
  callDepth: 512,
  nesting: 1536,
  valueBytes: 1024 * 1024,
  valueNesting: 256,
  integerBits: 65_536,
  diffEntries: 4096,
};

/** The table and the limits, a line each: what the hash is made of. ASCII. */
export function costTableText(): string {
  return [...Object.entries(costTable), ...Object.entries(limits)]
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}

/** 32 bytes that tell which table and limits a program reckons with. A chain's state has them. */
export function costTableHash(sha256: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  return sha256(Uint8Array.from(costTableText(), (letter) => letter.charCodeAt(0)));
}
