/**
 * Compares the simd engine's batches with other implementations on many random and mutated signatures.
 *
 * Usage: node test/pools/fuzz-engines.ts [--count 1000000] [--seed 1]
 *
 * What libsodium accepts is valid (see pools/one-verdict.ts). What it refuses is judged by libsodium's group operations,
 * which check the equation with the cofactor for keys of prime order; where those do not apply, and for one in fifty in
 * any case, by the reference, @noble/ed25519. Exits with 1 at the first difference, which it prints.
 */
import { hash } from "node:crypto";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { loadEngine } from "../../pools/engine.ts";
import { nobleEngine } from "../../pools/noble.ts";
import { publicKeyOf } from "../../pools/public-key.ts";
import { sodiumEngine } from "../../pools/sodium.ts";
import { type OneCheck, together } from "./batch-of.ts";
import { bytesDrawn, drawsOf, kinds, type Signer } from "./mutated-checks.ts";
import { numberOf } from "./odd-encodings.ts";

type GroupOperations = {
  /** Throw where a point does not decode. */
  readonly crypto_core_ed25519_add: (sum: Uint8Array, p: Uint8Array, q: Uint8Array) => void;
  readonly crypto_core_ed25519_sub: (difference: Uint8Array, p: Uint8Array, q: Uint8Array) => void;
  readonly crypto_core_ed25519_scalar_reduce: (scalar: Uint8Array, wide: Uint8Array) => void;
  /** Throw where the result is the identity, or the point is not canonical or not of prime order. */
  readonly crypto_scalarmult_ed25519_base_noclamp: (point: Uint8Array, scalar: Uint8Array) => void;
  readonly crypto_scalarmult_ed25519_noclamp: (point: Uint8Array, scalar: Uint8Array, of: Uint8Array) => void;
};

const group: GroupOperations = createRequire(import.meta.url)("sodium-native");
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const identity = Buffer.from([1, ...new Uint8Array(31)]);

const { values } = parseArgs({
  options: { count: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const count = Number(values.count);
const seed = Number(values.seed);
const draw = drawsOf(seed);
const engine = await loadEngine("simd");
const signers: readonly Signer[] = Array.from({ length: 16 }, () => {
  const secretSeed = bytesDrawn(draw, 32);
  return { key: publicKeyOf(secretSeed), sign: (message) => sodiumEngine.sign(message, secretSeed) };
});
/** By libsodium alone, the kinds that take some 0.1 ms to make; the others need noble, and ten times as long. */
const [honest = raise(), ...mutations] = kinds;
const quick = mutations.filter(({ name }) => !name.includes("small"));
const slow = mutations.filter(({ name }) => name.includes("small"));
const judged: Record<string, number> = {};
const byKind: Record<string, { valid: number; invalid: number }> = {};

const start = performance.now();
for (let done = 0; done < count; ) {
  const length = Math.min(1 + draw(400), count - done);
  const badPercent = [1, 10, 50, 100][draw(4)] ?? 0;
  const made = Array.from({ length }, () => {
    const kind = draw(100) >= badPercent ? honest : pick(draw(25) === 0 ? slow : quick);
    return { kind, check: kind.make(pick(signers), draw) };
  });
  const verdicts = together(
    engine,
    made.map(({ check }) => check),
  );
  for (const [at, { kind, check }] of made.entries()) {
    const { by, valid } = judge(check);
    judged[by] = (judged[by] ?? 0) + 1;
    const tally = byKind[kind.name] ?? { valid: 0, invalid: 0 };
    byKind[kind.name] = tally;
    tally[valid ? "valid" : "invalid"] += 1;
    if (verdicts[at] !== valid || (kind.valid !== undefined && kind.valid !== valid))
      differ(kind.name, check, by, valid);
  }
  const before = done;
  done += length;
  if (Math.floor(done / 100_000) > Math.floor(before / 100_000)) process.stderr.write(`${done} of ${count}\n`);
}
process.stdout.write(
  `${count} signatures, seed ${seed}, ${((performance.now() - start) / 1000).toFixed(0)} s, no difference\n`,
);
process.stdout.write(`judged by: ${JSON.stringify(judged)}\n`);
for (const [name, tally] of Object.entries(byKind)) process.stdout.write(`  ${name}: ${JSON.stringify(tally)}\n`);

function judge({ signature, message, key }: OneCheck): { readonly by: string; readonly valid: boolean } {
  if (sodiumEngine.accepts(signature, message, key)) return { by: "libsodium", valid: true };
  const sample = draw(50) === 0;
  const valid = byGroup(signature, message, key);
  if (valid !== undefined && !sample) return { by: "libsodium's group", valid };
  const reference = nobleEngine.verify(signature, message, key);
  if (valid !== undefined && valid !== reference) throw new Error("the two judges differ");
  return { by: "noble", valid: reference };
}

/** 8 (S B - k A - R) = 0 by libsodium's operations; undefined where they do not take the key. */
function byGroup(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean | undefined {
  const [R, S] = [signature.subarray(0, 32), signature.subarray(32)];
  const number = numberOf(S);
  if (number >= order) return false;
  const k = Buffer.alloc(32);
  group.crypto_core_ed25519_scalar_reduce(k, hash("sha512", Buffer.concat([R, key, message]), "buffer"));
  const [base, multiple, rest] = [Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(32)];
  try {
    group.crypto_scalarmult_ed25519_noclamp(multiple, k, key);
    if (number === 0n) identity.copy(base);
    else group.crypto_scalarmult_ed25519_base_noclamp(base, S);
    group.crypto_core_ed25519_sub(rest, base, multiple);
  } catch {
    return undefined;
  }
  try {
    group.crypto_core_ed25519_sub(rest, rest, R);
  } catch {
    // R does not decode, or not for libsodium.
    return undefined;
  }
  for (let doubling = 0; doubling < 3; doubling++) group.crypto_core_ed25519_add(rest, rest, rest);
  return rest.equals(identity);
}

function differ(name: string, { signature, message, key }: OneCheck, by: string, valid: boolean): never {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  process.stdout.write(
    `${name}: ${by} says ${valid}, simd does not\nkey ${hex(key)}\nsignature ${hex(signature)}\nmessage ${hex(message)}\n`,
  );
  process.exit(1);
}

function pick<T>(of: readonly T[]): T {
  return of[draw(of.length)] ?? raise();
}

function raise(): never {
  throw new Error("nothing there");
}
