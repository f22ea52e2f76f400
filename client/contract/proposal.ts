/**
 * A command that several keys sign, as a file that goes from one signer to the next: JSON, bytes in hex. What it says to people
 * besides the bytes is made from the bytes each time it is shown, and never believed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import {
  decodeContractCommand,
  encodeContractCommand,
  type PlainCommand,
  type SignedCommand,
  signingBytes,
} from "../../hopper/chain/contract-command.ts";
import { textOfBytes } from "../../hopper/run/canonical.ts";
import { type Outcome, sameBytes } from "../../wire/types.ts";

export type Proposal = {
  readonly command: PlainCommand;
  readonly until: number;
  readonly keys: readonly Uint8Array[];
  /** In the order of the keys; undefined where one has not signed yet. */
  readonly signatures: readonly (Uint8Array | undefined)[];
};

type Written = { command: string; until: number; keys: string[]; signatures: (string | null)[] };

/** Refuses to write over a file. */
export function writeProposal(file: string, proposal: Proposal, flag: "w" | "wx"): Outcome<void> {
  const written: Written = {
    command: bytesToHex(encodeContractCommand(proposal.command)),
    until: proposal.until,
    keys: proposal.keys.map((key) => bytesToHex(key)),
    signatures: proposal.signatures.map((one) => (one === undefined ? null : bytesToHex(one))),
  };
  try {
    writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`, { flag });
    return { ok: true, value: undefined };
  } catch (error) {
    return { ok: false, reason: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A reason is one line that names the file. */
export function readProposal(file: string): Outcome<Proposal> {
  try {
    const proposal = proposalOf(JSON.parse(readFileSync(file, "utf8")));
    if (proposal !== undefined) return { ok: true, value: proposal };
    return { ok: false, reason: `${file} is not a command to be signed, as juno contract call --keys writes it` };
  } catch (error) {
    return { ok: false, reason: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function proposalOf(read: unknown): Proposal | undefined {
  if (typeof read !== "object" || read === null) return undefined;
  const { command, until, keys, signatures } = read as Partial<Record<keyof Written, unknown>>;
  if (typeof command !== "string" || typeof until !== "number" || !Number.isSafeInteger(until)) return undefined;
  if (!Array.isArray(keys) || !Array.isArray(signatures) || keys.length !== signatures.length) return undefined;
  const decoded = decodeContractCommand(hexToBytes(command));
  if (decoded === undefined || decoded.kind === "signed" || decoded.kind === "clock") return undefined;
  const all = keys.map((key) => hexToBytes(String(key)));
  if (all.some((key) => key.length !== 32)) return undefined;
  const given = signatures.map((one) => (one === null ? undefined : hexToBytes(String(one))));
  return { command: decoded, until, keys: all, signatures: given };
}

/** What each of its keys signs. */
export function messageOf(chain: Uint8Array, { command, until, keys }: Proposal): Uint8Array {
  return signingBytes(chain, { kind: "signed", inner: command, until, keys: keys.map(textOfBytes) });
}

/** Undefined where the key is none of its keys. */
export function withSignature(proposal: Proposal, key: Uint8Array, signature: Uint8Array): Proposal | undefined {
  const at = proposal.keys.findIndex((one) => sameBytes(one, key));
  if (at < 0) return undefined;
  return { ...proposal, signatures: proposal.signatures.map((one, i) => (i === at ? signature : one)) };
}

/** Undefined as long as a signature is missing. */
export function signedCommandOf({ command, until, keys, signatures }: Proposal): SignedCommand | undefined {
  const given = signatures.filter((one) => one !== undefined);
  if (given.length < keys.length) return undefined;
  return {
    kind: "signed",
    inner: command,
    until,
    keys: keys.map(textOfBytes),
    signatures: given.map(textOfBytes),
  };
}
