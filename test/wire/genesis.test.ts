import test from "ava";
import fc from "fast-check";
import { sha256 } from "../../ledger/sha256.ts";
import { Genesis } from "../../wire/gen/juno.ts";
import { clusterIdOf, decodeGenesis, encodeGenesis, flawOfGenesis, memberOf } from "../../wire/genesis.ts";
import type { Genesis as GenesisType, Member } from "../../wire/types.ts";
import { genesis } from "./cluster.ts";
import { hexOf } from "./plain.ts";

const key = (number: number): Uint8Array => new Uint8Array(32).fill(number);
const someone = (id: number, byte = id): Member => ({ id, name: `m${id}`, publicKey: key(byte) });
const withValidators = (validators: readonly Member[]): GenesisType => ({ ...genesis, validators });

const crowd = (count: number): Member[] =>
  Array.from({ length: count }, (_, id) => ({ id, name: "", publicKey: key(id) }));
const alone = { name: "alone", clients: [], admins: [] };

test("a sound genesis has no flaw and reads back", (t) => {
  t.is(flawOfGenesis(genesis), undefined);
  const read = decodeGenesis(encodeGenesis(genesis));
  t.true(read.ok && hexOf(encodeGenesis(read.value)) === hexOf(encodeGenesis(genesis)));
});

const flawed: readonly [string, GenesisType, string][] = [
  ["no validators", withValidators([]), "no validators"],
  ["ids out of order", withValidators([someone(2), someone(1)]), 'ids are not ascending at "m1"'],
  ["an id given twice", withValidators([someone(1), someone(1, 9)]), 'ids are not ascending at "m1"'],
  ["a client's id twice", { ...genesis, clients: [someone(3), someone(3, 9)] }, 'ids are not ascending at "m3"'],
  ["admins out of order", { ...genesis, admins: [someone(5), someone(4)] }, 'ids are not ascending at "m4"'],
  [
    "a short key",
    withValidators([{ id: 0, name: "a", publicKey: new Uint8Array(31) }]),
    'public key of "a" is not 32 bytes',
  ],
  [
    "a long key",
    { ...genesis, clients: [{ id: 0, name: "a", publicKey: new Uint8Array(33) }] },
    'public key of "a" is not 32 bytes',
  ],
  ["a key of two validators", withValidators([someone(0, 5), someone(1, 5)]), "one public key is given to two members"],
  [
    "a key of a validator and a client",
    { ...genesis, validators: [someone(0, 5)], clients: [someone(0, 5)] },
    "one public key is given to two members",
  ],
  [
    "a key of a client and an admin",
    { ...genesis, clients: [someone(0, 5)], admins: [someone(0, 5)] },
    "one public key is given to two members",
  ],
];

for (const [what, value, flaw] of flawed) {
  test(`refused: ${what}`, (t) => {
    t.is(flawOfGenesis(value), flaw);
    t.deepEqual(decodeGenesis(encodeGenesis(value)), { ok: false, reason: flaw });
  });
}

test("validators: from 1 to 64", (t) => {
  const flaws = [1, 63, 64, 65].map((count) => flawOfGenesis({ ...alone, validators: crowd(count) }));
  t.deepEqual(flaws, [undefined, undefined, undefined, "more than 64 validators"]);
});

test("the cluster's id depends on every part of the genesis", (t) => {
  const [first, ...rest] = genesis.validators;
  const others: readonly GenesisType[] = [
    genesis,
    { ...genesis, name: "other" },
    { ...genesis, validators: rest },
    { ...genesis, validators: [{ ...someone(0), name: first?.name ?? "" }, ...rest] },
    { ...genesis, clients: [] },
    { ...genesis, clients: [], admins: genesis.clients },
  ];
  t.is(new Set(others.map((value) => hexOf(clusterIdOf(sha256, value)))).size, others.length);
});

test("every cut, and every byte more, of a genesis is refused or is another cluster", (t) => {
  const bytes = encodeGenesis(genesis);
  for (let length = 0; length < bytes.length; length++) {
    const read = decodeGenesis(bytes.subarray(0, length));
    t.true(!read.ok || hexOf(clusterIdOf(sha256, read.value)) === hexOf(sha256(bytes.subarray(0, length))));
  }
  for (let byte = 0; byte < 256; byte++) t.false(decodeGenesis(Uint8Array.of(...bytes, byte)).ok);
});

test("another form of the same genesis is refused", (t) => {
  const bytes = encodeGenesis(genesis);
  const name = Genesis.encode({ ...genesis, validators: [], clients: [], admins: [] }).finish();
  const reordered = Uint8Array.of(...bytes.subarray(name.length), ...name);
  const reason = "malformed or non-canonical genesis";
  t.deepEqual(decodeGenesis(reordered), { ok: false, reason });
  t.deepEqual(decodeGenesis(Uint8Array.of(...name, ...bytes)), { ok: false, reason });
  t.deepEqual(decodeGenesis(Uint8Array.of(...bytes, 0x28, 1)), { ok: false, reason });
  // A name that is no UTF-8 would read as another.
  t.deepEqual(decodeGenesis(Uint8Array.of(0x0a, 1, 0xff, ...bytes.subarray(name.length))), { ok: false, reason });
});

test("random bytes are no genesis, and never throw", (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => !decodeGenesis(bytes).ok));
  t.pass();
});

test("a member is found by id", (t) => {
  t.is(memberOf(genesis.clients, 8)?.name, "client8");
  t.is(memberOf(genesis.clients, 0), undefined);
});
