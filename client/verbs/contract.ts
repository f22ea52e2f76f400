/** `juno contract`: modules of Hopper published to the cluster, and their commands called. */
import { readFileSync } from "node:fs";
import { bytesToHex } from "@noble/hashes/utils.js";
import { encodeContractCommand } from "../../hopper/chain/contract-command.ts";
import { pathOf, type Source } from "../../hopper/tools/load-modules.ts";
import { publicKeyOf } from "../../pools/public-key.ts";
import { sha256 } from "../../pools/sha256.ts";
import { type Context, fail } from "../context.ts";
import { readCall } from "../contract/read-call.ts";
import { exitCodes } from "../exit-codes.ts";
import { readIdentity, type WhichClient } from "../open-client.ts";
import { type SendFlags, sendPayloads } from "./send.ts";

export type CallFlags = SendFlags & {
  /** Files of the modules that the called one uses. */
  readonly with?: readonly string[];
  readonly gas: number;
};

export async function contractPublish(this: Context, flags: SendFlags, ...files: readonly string[]): Promise<void> {
  const payloads: Uint8Array[] = [];
  for (const file of files) {
    const source = readSource(file);
    const path = typeof source === "string" ? undefined : pathOf(source.text);
    if (typeof source === "string" || path === undefined) {
      const reason = typeof source === "string" ? source : `${file} does not begin with: module NAME`;
      fail(this, exitCodes.usage, reason);
      return;
    }
    payloads.push(encodeContractCommand({ kind: "publish", path, source: source.text }));
  }
  await sendPayloads(this, flags, payloads);
}

export async function contractCall(this: Context, flags: CallFlags, file: string, call: string): Promise<void> {
  const sources = [file, ...(flags.with ?? [])].map(readSource);
  const missing = sources.find((one) => typeof one === "string");
  const [module, ...others] = sources.filter((one): one is Source => typeof one !== "string");
  if (missing !== undefined || module === undefined) {
    fail(this, exitCodes.usage, String(missing));
    return;
  }
  const read = readCall(module, others, call, flags.gas);
  if (!read.ok) {
    fail(this, exitCodes.usage, read.reason);
    return;
  }
  await sendPayloads(this, flags, [encodeContractCommand(read.value)]);
}

/** The principal that this client's key is. */
export function contractWho(this: Context, flags: WhichClient): void {
  const identity = readIdentity(flags, this.process.env);
  if (!identity.ok) {
    fail(this, exitCodes.usage, identity.reason);
    return;
  }
  const hash = sha256(publicKeyOf(identity.value.secretSeed));
  this.process.stdout.write(`key("${bytesToHex(hash)}")\n`);
}

function readSource(file: string): Source | string {
  try {
    return { file, text: readFileSync(file, "utf8") };
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
