import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parseGenesis, readGenesisFile, renderGenesis } from "../../cluster/genesis-file.ts";
import { generateKeyPair } from "../../pools/public-key.ts";
import type { Genesis } from "../../wire/types.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const member = (id: number, name: string) => ({ id, name, publicKey: generateKeyPair().publicKey });
const genesis: Genesis = {
  name: "test",
  validators: [member(0, "node0"), member(1, "node1"), member(7, "node7")],
  clients: [member(0, "client0")],
  admins: [member(5, "root")],
};
const text = renderGenesis(genesis);

type Listed = { id: unknown; name: unknown; publicKey: unknown };
type File = Record<string, unknown> & { validators: Listed[]; clients: Listed[] };
const changed = (change: (file: File) => void): string => {
  const file: File = JSON.parse(text);
  change(file);
  return JSON.stringify(file);
};
const first = (file: File): Listed => file.validators[0] ?? { id: 0, name: "", publicKey: "" };

test("what is rendered reads back equal", (t) => {
  const founding = accepted(parseGenesis(text));
  t.deepEqual(founding.genesis, genesis);
  t.is(Buffer.from(founding.clusterId).toString("hex"), JSON.parse(text).clusterId);
});

test("order and blanks of the JSON do not matter, since the cluster's id is of the content", (t) => {
  const { name, clients, ...rest } = JSON.parse(text);
  t.deepEqual(parseGenesis(JSON.stringify({ clients, ...rest, name })), parseGenesis(text));
});

const flaws: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /^not JSON \(.*\); copy the file anew from another member$/],
  ["cut JSON", text.slice(0, -5), /^not JSON \(.*\); copy/],
  ["TOML", 'version = 1\nname = "test"\n', /^not JSON \(.*\); copy/],
  ["a list", "[]", /^the file must be an object with version, name, clusterId, validators, clients, admins$/],
  ["null", "null", /^the file must be an object with/],
  [
    "another version",
    changed((it) => {
      it.version = 2;
    }),
    /^version must be 1, the only version this Juno reads; is 2$/,
  ],
  [
    "a key left out",
    changed((it) => {
      Reflect.deleteProperty(it, "clients");
    }),
    /^clients is missing; must be a list$/,
  ],
  [
    "a typo in a key",
    changed((it) => {
      it.validator = [];
    }),
    /^validator is unknown; known are version, name/,
  ],
  [
    "a typo in a member",
    changed((it) => {
      Object.assign(first(it), { pubkey: "" });
    }),
    /^validators\[0\]\.pubkey is unknown; known are id, name, publicKey$/,
  ],
  [
    "validators that are no list",
    changed((it) => {
      Object.assign(it, { validators: {} });
    }),
    /^validators must be a list; is \{\}$/,
  ],
  [
    "a member that is no object",
    changed((it) => {
      Object.assign(it, { clients: [7] });
    }),
    /^clients\[0\] must be an object with id, name, publicKey$/,
  ],
  [
    "a short key",
    changed((it) => {
      first(it).publicKey = "ab".repeat(31);
    }),
    /^validators\[0\]\.publicKey must be 64 hex digits in lower case; is "ab/,
  ],
  [
    "a long key",
    changed((it) => {
      first(it).publicKey = "ab".repeat(33);
    }),
    /^validators\[0\]\.publicKey must be 64 hex digits/,
  ],
  [
    "a key in capitals",
    changed((it) => {
      first(it).publicKey = "AB".repeat(32);
    }),
    /^validators\[0\]\.publicKey must be 64 hex digits in lower case/,
  ],
  [
    "a key that is no hex",
    changed((it) => {
      first(it).publicKey = "xy".repeat(32);
    }),
    /^validators\[0\]\.publicKey must be 64 hex digits/,
  ],
  [
    "a key that is no point",
    changed((it) => {
      first(it).publicKey = `02${"00".repeat(31)}`;
    }),
    /^validators: publicKey of "node0": .*; its owner must make a new key$/,
  ],
  [
    "an id that is a text",
    changed((it) => {
      first(it).id = "0";
    }),
    /^validators\[0\]\.id must be a whole number from 0 to 4294967295; is "0"$/,
  ],
  [
    "an id below 0",
    changed((it) => {
      first(it).id = -1;
    }),
    /^validators\[0\]\.id must be a whole number/,
  ],
  [
    "an id above 32 bits",
    changed((it) => {
      first(it).id = 2 ** 32;
    }),
    /^validators\[0\]\.id must be .*; is 4294967296$/,
  ],
  [
    "a duplicate id",
    changed((it) => {
      first(it).id = 1;
    }),
    /^ids are not ascending at "node1"$/,
  ],
  [
    "a duplicate name",
    changed((it) => {
      first(it).name = "node1";
    }),
    /^validators: two members are called "node1"; give one another name$/,
  ],
  [
    "a duplicate key",
    changed((it) => {
      first(it).publicKey = it.clients[0]?.publicKey;
    }),
    /^one public key is given to two members$/,
  ],
  [
    "a name that is a path",
    changed((it) => {
      first(it).name = "../x";
    }),
    /^validators\[0\]\.name must be 1 to 63 letters, digits/,
  ],
  [
    "no validators",
    changed((it) => {
      it.validators = [];
    }),
    /^no validators$/,
  ],
  [
    "another cluster's id",
    changed((it) => {
      it.clusterId = "00".repeat(32);
    }),
    /^clusterId is 0{64}, but the content's is [0-9a-f]{64}: it was changed; copy the file anew/,
  ],
  [
    "a changed name",
    changed((it) => {
      it.name = "prod";
    }),
    /^clusterId is .* it was changed/,
  ],
  [
    "a member taken out",
    changed((it) => {
      it.clients = [];
    }),
    /^clusterId is .* it was changed/,
  ],
];

for (const [what, given, expected] of flaws) {
  test(`${what}: refused with its place`, (t) => t.regex(reasonOf(parseGenesis(given)), expected));
}

test("a file that is missing, a folder, or wrong is named with its path", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "genesis.json");
  const mend = "copy the cluster's genesis.json there, or correct [node] genesis";
  t.is(reasonOf(readGenesisFile(path)), `${path}: there is no such file or folder; ${mend}`);
  t.is(reasonOf(readGenesisFile(folder)), `${folder}: it is a folder; ${mend}`);
  writeFileSync(path, "{}");
  t.is(reasonOf(readGenesisFile(path)), `${path}: version is missing; must be 1, the only version this Juno reads`);
  writeFileSync(path, text);
  t.true(readGenesisFile(path).ok);
});

test("what could not be read back is not rendered", (t) => {
  const [node] = genesis.validators;
  if (node === undefined) return t.fail();
  const twice = { ...genesis, validators: [node, { ...node, id: 1 }] };
  t.throws(() => renderGenesis(twice), { message: /^not a genesis: one public key/ });
  t.throws(() => renderGenesis({ ...genesis, validators: [] }), { message: "not a genesis: no validators" });
  return undefined;
});
