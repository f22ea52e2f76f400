/**
 * Commands for contracts as payloads: canonical CBOR, whose first byte no text begins with, so that they stand beside the demo's.
 *
 *   publish   [0, path, source]
 *   call      [1, module: path or hash, command, [each argument's canonical bytes], gas limit]
 */
import { bytesOfText, encode, textOfBytes } from "../run/canonical.ts";
import { decode } from "../run/decode.ts";
import type { Data, List } from "../run/value.ts";

export type ContractCommand =
  | { readonly kind: "publish"; readonly path: string; readonly source: string }
  | {
      readonly kind: "call";
      readonly module: string;
      readonly command: string;
      /** Canonical bytes, as strings of characters below 256. */
      readonly args: readonly string[];
      readonly gasLimit: number;
    };

const number = { of: "Nat" } as const;
const text = { of: "Text" } as const;
const publishShape = { of: "tuple", items: [number, text, text] } as const;
const callShape = {
  of: "tuple",
  items: [number, text, text, { of: "list", item: { of: "Bytes" } }, number],
} as const;

/** Arrays of three and of five items. */
const publishLead = 0x83;
const callLead = 0x85;
const publishTag = 0;
const callTag = 1;

/** True where a payload is for the contracts; no UTF-8 text begins so. */
export function isContractCommand(payload: Uint8Array): boolean {
  return payload[0] === publishLead || payload[0] === callLead;
}

export function encodeContractCommand(command: ContractCommand): Uint8Array {
  if (command.kind === "publish") {
    return bytesOfText(encode([0, publishTag, command.path, command.source], publishShape, []));
  }
  const args = { items: command.args.map((bytes) => ({ bytes })) };
  return bytesOfText(encode([0, callTag, command.module, command.command, args, command.gasLimit], callShape, []));
}

/** Undefined for anything but the one form of a command. */
export function decodeContractCommand(payload: Uint8Array): ContractCommand | undefined {
  const bytes = textOfBytes(payload);
  if (payload[0] === publishLead) {
    const read = decode(bytes, publishShape, []);
    if (!read.ok) return undefined;
    const [, tag, path, source] = read.value as Data;
    return tag === publishTag ? { kind: "publish", path: path as string, source: source as string } : undefined;
  }
  const read = decode(bytes, callShape, []);
  if (!read.ok) return undefined;
  const [, tag, module, command, args, gasLimit] = read.value as Data;
  if (tag !== callTag || typeof gasLimit !== "number") return undefined;
  const listed = (args as List).items.map((one) => (one as { readonly bytes: string }).bytes);
  return { kind: "call", module: module as string, command: command as string, args: listed, gasLimit };
}
