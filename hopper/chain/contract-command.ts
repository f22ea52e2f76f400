/**
 * Commands for contracts as payloads: canonical CBOR, whose first byte no text begins with, so that they stand beside the demo's.
 *
 *   publish   [0, path, source]
 *   call      [1, module: path or hash, command, [each argument's canonical bytes], gas limit, [expectation]]
 *   policy    [2, who: principal, policy: principal]
 *   signed    [3, one of the above, until: log index, [public key], [signature]]
 *   clock     [4, time: milliseconds from 1970]: what a validator's clock shows
 *
 *   expectation   [table: path.name, account, unit, least]: the rows of the account change by at least `least` of the unit. Account
 *                 and unit are canonical bytes of the table's key's parts; a key of one part has no unit, and "" stands for it
 */
import { bytesOfText, encode, textOfBytes } from "../run/canonical.ts";
import { decode } from "../run/decode.ts";
import type { Bytes, Data, Int, List, Value } from "../run/value.ts";

export type ContractExpectation = {
  readonly table: string;
  readonly account: string;
  readonly unit: string;
  readonly least: Int;
};

/** Byte strings are strings of characters below 256. */
export type PlainCommand =
  | { readonly kind: "publish"; readonly path: string; readonly source: string }
  | {
      readonly kind: "call";
      readonly module: string;
      readonly command: string;
      readonly args: readonly string[];
      readonly gasLimit: number;
      readonly expect: readonly ContractExpectation[];
    }
  | { readonly kind: "policy"; readonly who: Data; readonly policy: Data };

export type SignedCommand = {
  readonly kind: "signed";
  readonly inner: PlainCommand;
  /** The last log index at which it may run. */
  readonly until: number;
  /** 32 bytes each; all of them have signed, `signatures` (64 bytes each) are in their order. */
  readonly keys: readonly string[];
  readonly signatures: readonly string[];
};

export type ClockCommand = { readonly kind: "clock"; readonly time: number };

export type ContractCommand = PlainCommand | SignedCommand | ClockCommand;

const number = { of: "Nat" } as const;
const text = { of: "Text" } as const;
const bytes = { of: "Bytes" } as const;
const principal = { of: "Principal" } as const;
const many = { of: "list", item: bytes } as const;
const expectation = { of: "tuple", items: [text, bytes, bytes, { of: "Int" }] } as const;
const publishShape = { of: "tuple", items: [number, text, text] } as const;
const policyShape = { of: "tuple", items: [number, principal, principal] } as const;
const clockShape = { of: "tuple", items: [number, number] } as const;
const signedShape = { of: "tuple", items: [number, bytes, number, many, many] } as const;
const callShape = {
  of: "tuple",
  items: [number, text, text, many, number, { of: "list", item: expectation }],
} as const;
const signingShape = { of: "tuple", items: [text, bytes, bytes, number, many] } as const;

/** Arrays of so many items. */
const lead = { two: 0x82, three: 0x83, five: 0x85, six: 0x86 } as const;
const tags = { publish: 0, call: 1, policy: 2, signed: 3, clock: 4 } as const;

/** What stands in front of what the keys of a signed command sign, so that it is nothing else that they ever sign. */
const signingTag = "juno/contract";

/** True where a payload is for the contracts; no UTF-8 text begins so. */
export function isContractCommand(payload: Uint8Array): boolean {
  return payload[0] === lead.two || payload[0] === lead.three || payload[0] === lead.five || payload[0] === lead.six;
}

export function encodeContractCommand(command: ContractCommand): Uint8Array {
  return bytesOfText(bytesOf(command));
}

/** What each key of a signed command signs: the chain, the command, until when, and who signs it with it. */
export function signingBytes(chain: Uint8Array, command: Omit<SignedCommand, "signatures">): Uint8Array {
  const { inner, until, keys } = command;
  const fields: Value[] = [signingTag, asBytes(textOfBytes(chain)), asBytes(bytesOf(inner)), until, listOf(keys)];
  return bytesOfText(encode([0, ...fields], signingShape, []));
}

function bytesOf(command: ContractCommand): string {
  switch (command.kind) {
    case "publish":
      return encode([0, tags.publish, command.path, command.source], publishShape, []);
    case "clock":
      return encode([0, tags.clock, command.time], clockShape, []);
    case "policy":
      return encode([0, tags.policy, command.who, command.policy], policyShape, []);
    case "signed": {
      const { inner, until, keys, signatures } = command;
      const fields = [asBytes(bytesOf(inner)), until, listOf(keys), listOf(signatures)];
      return encode([0, tags.signed, ...fields], signedShape, []);
    }
    case "call": {
      const { module, command: name, args, gasLimit } = command;
      const expect = command.expect.map(
        (one): Data => [0, one.table, asBytes(one.account), asBytes(one.unit), one.least],
      );
      return encode([0, tags.call, module, name, listOf(args), gasLimit, { items: expect }], callShape, []);
    }
  }
}

/** Undefined for anything but the one form of a command. */
export function decodeContractCommand(payload: Uint8Array): ContractCommand | undefined {
  return commandOf(textOfBytes(payload));
}

function commandOf(payload: string): ContractCommand | undefined {
  switch (payload.charCodeAt(0)) {
    case lead.two:
      return clockOf(payload);
    case lead.three:
      return publishOf(payload) ?? policyOf(payload);
    case lead.five:
      return signedOf(payload);
    case lead.six:
      return callOf(payload);
    default:
      return undefined;
  }
}

function publishOf(payload: string): PlainCommand | undefined {
  const read = decode(payload, publishShape, []);
  if (!read.ok) return undefined;
  const [, tag, path, source] = read.value as Data;
  return tag === tags.publish ? { kind: "publish", path: path as string, source: source as string } : undefined;
}

function policyOf(payload: string): PlainCommand | undefined {
  const read = decode(payload, policyShape, []);
  if (!read.ok) return undefined;
  const [, tag, who, policy] = read.value as Data;
  return tag === tags.policy ? { kind: "policy", who: who as Data, policy: policy as Data } : undefined;
}

function clockOf(payload: string): ClockCommand | undefined {
  const read = decode(payload, clockShape, []);
  if (!read.ok) return undefined;
  const [, tag, time] = read.value as Data;
  return tag === tags.clock && typeof time === "number" ? { kind: "clock", time } : undefined;
}

function callOf(payload: string): PlainCommand | undefined {
  const read = decode(payload, callShape, []);
  if (!read.ok) return undefined;
  const [, tag, module, command, args, gasLimit, expected] = read.value as Data;
  if (tag !== tags.call || typeof gasLimit !== "number") return undefined;
  const expect = (expected as List).items.map((one): ContractExpectation => {
    const [, table, account, unit, least] = one as Data;
    return { table: table as string, account: stringOf(account), unit: stringOf(unit), least: least as Int };
  });
  const strings = stringsOf(args);
  return { kind: "call", module: module as string, command: command as string, args: strings, gasLimit, expect };
}

function signedOf(payload: string): SignedCommand | undefined {
  const read = decode(payload, signedShape, []);
  if (!read.ok) return undefined;
  const [, tag, within, until, keys, signatures] = read.value as Data;
  if (tag !== tags.signed || typeof until !== "number") return undefined;
  const inner = commandOf(stringOf(within));
  if (inner === undefined || inner.kind === "signed" || inner.kind === "clock") return undefined;
  return { kind: "signed", inner, until, keys: stringsOf(keys), signatures: stringsOf(signatures) };
}

function asBytes(text: string): Bytes {
  return { bytes: text };
}

function listOf(strings: readonly string[]): List {
  return { items: strings.map(asBytes) };
}

function stringOf(value: Value | undefined): string {
  return (value as Bytes).bytes;
}

function stringsOf(value: Value | undefined): string[] {
  return (value as List).items.map(stringOf);
}
