/** `genesis.json`: the genesis as people read it. Which bytes found the cluster is the wire's business (wire/genesis). */
import { readFileSync } from "node:fs";
import { Check } from "typebox/schema";
import { checkPublicKey } from "../pools/public-key.ts";
import { sha256 } from "../pools/sha256.ts";
import { clusterIdOf, flawOfGenesis } from "../wire/genesis.ts";
import type { Digest, Genesis, Member, Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import { idMax } from "./config-keys.ts";
import { isTable } from "./settings/layers.ts";
import { namePattern } from "./settings/setting.ts";

/** A checked genesis and the cluster it founds. */
export type Founding = { readonly genesis: Genesis; readonly clusterId: Digest };

/** Version of the file's form, not of the wire. */
const version = 1;
const groups = ["validators", "clients", "admins"] as const;

/** Reads and checks the file; a reason names the place in it and the mend. */
export function readGenesisFile(path: string): Outcome<Founding> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return {
      ok: false,
      reason: `${because(error, path)}; copy the cluster's genesis.json there, or correct [node] genesis`,
    };
  }
  const parsed = parseGenesis(text);
  return parsed.ok ? parsed : { ok: false, reason: `${path}: ${parsed.reason}` };
}

/** Reads and checks the text of a genesis file. */
export function parseGenesis(text: string): Outcome<Founding> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return refuse(`not JSON (${because(error)}); copy the file anew from another member`);
  }
  const malformed = flawOfFile(file);
  if (malformed !== undefined) return refuse(malformed);
  const { name, clusterId: claimed, validators, clients, admins } = file as GenesisFile;
  const genesis = {
    name,
    validators: validators.map(memberOf),
    clients: clients.map(memberOf),
    admins: admins.map(memberOf),
  };
  const flaw = flawOfFounding(genesis);
  if (flaw !== undefined) return refuse(flaw);
  const clusterId = clusterIdOf(sha256, genesis);
  const hex = toHex(clusterId);
  if (claimed !== hex) {
    return refuse(
      `clusterId is ${claimed}, but the content's is ${hex}: it was changed; copy the file anew from another member`,
    );
  }
  return { ok: true, value: { genesis, clusterId } };
}

/** The text of a genesis file; throws where the genesis could not be read back. */
export function renderGenesis(genesis: Genesis): string {
  const flaw = flawOfFounding(genesis);
  if (flaw !== undefined) throw new Error(`not a genesis: ${flaw}`);
  const file: GenesisFile = {
    version,
    name: genesis.name,
    clusterId: toHex(clusterIdOf(sha256, genesis)),
    validators: genesis.validators.map(listed),
    clients: genesis.clients.map(listed),
    admins: genesis.admins.map(listed),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

type ListedMember = { readonly id: number; readonly name: string; readonly publicKey: string };
type GenesisFile = {
  readonly version: number;
  readonly name: string;
  readonly clusterId: string;
  readonly validators: readonly ListedMember[];
  readonly clients: readonly ListedMember[];
  readonly admins: readonly ListedMember[];
};

function listed({ id, name, publicKey }: Member): ListedMember {
  return { id, name, publicKey: toHex(publicKey) };
}

function memberOf({ id, name, publicKey }: ListedMember): Member {
  return { id, name, publicKey: Uint8Array.from(Buffer.from(publicKey, "hex")) };
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

const name = {
  schema: { type: "string", pattern: namePattern },
  expects: "1 to 63 letters, digits, dots, dashes or underscores",
};
const digest = { schema: { type: "string", pattern: "^[0-9a-f]{64}$" }, expects: "64 hex digits in lower case" };
const id = { schema: { type: "integer", minimum: 0, maximum: idMax }, expects: `a whole number from 0 to ${idMax}` };
const list = { schema: { type: "array" }, expects: "a list" };

const fileFields = {
  version: { schema: { const: version }, expects: `${version}, the only version this Juno reads` },
  name,
  clusterId: digest,
  validators: list,
  clients: list,
  admins: list,
};
const memberFields = { id, name, publicKey: digest };

type Fields = Readonly<Record<string, { readonly schema: object; readonly expects: string }>>;

function flawOfFile(file: unknown): string | undefined {
  const flaw = flawOfFields("", fileFields, file);
  if (flaw !== undefined || !isTable(file)) return flaw;
  for (const group of groups) {
    const members: unknown = file[group];
    if (!Array.isArray(members)) continue;
    for (const [i, member] of members.entries()) {
      const inMember = flawOfFields(`${group}[${i}]`, memberFields, member);
      if (inMember !== undefined) return inMember;
    }
  }
  return undefined;
}

function flawOfFields(where: string, fields: Fields, value: unknown): string | undefined {
  if (!isTable(value)) return `${where || "the file"} must be an object with ${Object.keys(fields).join(", ")}`;
  const at = (key: string) => (where === "" ? key : `${where}.${key}`);
  for (const [key, { schema, expects }] of Object.entries(fields)) {
    if (!Object.hasOwn(value, key)) return `${at(key)} is missing; must be ${expects}`;
    if (!Check(schema, value[key])) return `${at(key)} must be ${expects}; is ${JSON.stringify(value[key])}`;
  }
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  return unknown === undefined ? undefined : `${at(unknown)} is unknown; known are ${Object.keys(fields).join(", ")}`;
}

/** What neither the form nor the wire's own check covers: keys no honest owner has, and names that two members share. */
function flawOfFounding(genesis: Genesis): string | undefined {
  const flaw = flawOfGenesis(genesis);
  if (flaw !== undefined) return flaw;
  for (const group of groups) {
    const names = new Set<string>();
    for (const member of genesis[group]) {
      const verdict = checkPublicKey(member.publicKey);
      if (!verdict.ok)
        return `${group}: publicKey of "${member.name}": ${verdict.reason}; its owner must make a new key`;
      if (names.has(member.name)) return `${group}: two members are called "${member.name}"; give one another name`;
      names.add(member.name);
    }
  }
  return undefined;
}

function refuse(reason: string): Outcome<never> {
  return { ok: false, reason };
}
