/** `juno contract`: modules of Hopper published to the cluster, and their commands called. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import {
  type ContractExpectation,
  encodeContractCommand,
  type PlainCommand,
} from "../../hopper/chain/contract-command.ts";
import type { Data } from "../../hopper/run/value.ts";
import { pathOf, type Source } from "../../hopper/tools/load-modules.ts";
import { runLine } from "../../hopper/tools/run-line.ts";
import { emptySource, startSession } from "../../hopper/tools/session.ts";
import { opensslEngine } from "../../pools/openssl.ts";
import { publicKeyOf } from "../../pools/public-key.ts";
import { sha256 } from "../../pools/sha256.ts";
import { type Context, fail } from "../context.ts";
import { messageOf, readProposal, signedCommandOf, withSignature, writeProposal } from "../contract/proposal.ts";
import { readCall } from "../contract/read-call.ts";
import { readExpectation } from "../contract/read-expectation.ts";
import { showCommand } from "../contract/show-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSource, sourceFinder } from "../hopper/find-source.ts";
import { principalOf } from "../hopper/signers.ts";
import { readIdentity, type WhichClient } from "../open-client.ts";
import { type SendFlags, sendPayloads } from "./send.ts";

export type CallFlags = SendFlags & {
  /** Files of the modules that the called one uses. */
  readonly with?: readonly string[];
  readonly gas: number;
  /** As in `std/coin.purse[usd, alice] >= -30`. */
  readonly expect?: readonly string[];
} & ForSigning;

/** With keys, a command is written to a file for them to sign, and not sent. */
export type ForSigning = {
  readonly keys?: readonly string[];
  readonly until?: number;
  readonly out?: string;
};

export async function contractPublish(this: Context, flags: SendFlags, ...files: readonly string[]): Promise<void> {
  const payloads: Uint8Array[] = [];
  for (const file of files) {
    const source = readSource(file);
    const path = source.ok ? pathOf(source.value.text) : undefined;
    if (!source.ok || path === undefined) {
      fail(this, exitCodes.usage, source.ok ? `${file} does not begin with: module NAME` : source.reason);
      return;
    }
    payloads.push(encodeContractCommand({ kind: "publish", path, source: source.value.text }));
  }
  await sendPayloads(this, flags, payloads);
}

export async function contractCall(this: Context, flags: CallFlags, file: string, call: string): Promise<void> {
  const sources: Source[] = [];
  for (const one of [file, ...(flags.with ?? [])]) {
    const source = readSource(one);
    if (!source.ok) {
      fail(this, exitCodes.usage, source.reason);
      return;
    }
    sources.push(source.value);
  }
  const [module, ...others] = sources;
  if (module === undefined) throw new Error("assert: the first of them was read");
  const read = readCall(module, others, call, flags.gas);
  if (!read.ok) {
    fail(this, exitCodes.usage, read.reason);
    return;
  }
  const expect: ContractExpectation[] = [];
  for (const written of flags.expect ?? []) {
    const expected = readExpectation(written, module, sourceFinder([module, ...others]));
    if (!expected.ok) {
      fail(this, exitCodes.usage, expected.reason);
      return;
    }
    expect.push(expected.value);
  }
  await sendOrPropose(this, flags, { ...read.value, expect });
}

/** Lets a principal speak for a key or a role from now on. */
export async function contractPolicy(
  this: Context,
  flags: SendFlags & ForSigning,
  who: string,
  policy: string,
): Promise<void> {
  const session = startSession({ sha256, find: () => undefined }, emptySource);
  if ("refused" in session) throw new Error("assert: an empty module checks");
  const ran = runLine(session, `(${principalOf(who)}, ${principalOf(policy)})`);
  const value = "called" in ran ? ran.called.outcome.value : undefined;
  if (value === undefined || !("type" in ran) || ran.type !== "(Principal, Principal)") {
    const why = "refused" in ran ? ran.refused : "two principals are needed";
    fail(this, exitCodes.usage, `${why}\na principal is key("..."), atLeast(2, [...]) or role(key("..."), "name")`);
    return;
  }
  const [, of, by] = value as Data;
  await sendOrPropose(this, flags, { kind: "policy", who: of as Data, policy: by as Data });
}

async function sendOrPropose(context: Context, flags: SendFlags & ForSigning, command: PlainCommand): Promise<void> {
  const { keys = [], until, out } = flags;
  if (keys.length === 0) {
    await sendPayloads(context, flags, [encodeContractCommand(command)]);
    return;
  }
  if (until === undefined || out === undefined) {
    fail(
      context,
      exitCodes.usage,
      "--keys needs --until INDEX, the last log index at which it may run, and --out FILE",
    );
    return;
  }
  const wrong = keys.find((key) => !/^[0-9a-f]{64}$/i.test(key));
  if (wrong !== undefined) {
    fail(context, exitCodes.usage, `${wrong} is no public key; give 64 hex digits, as juno keys show prints them`);
    return;
  }
  const proposal = { command, until, keys: keys.map(hexToBytes), signatures: keys.map(() => undefined) };
  const written = writeProposal(out, proposal, "wx");
  if (!written.ok) {
    fail(context, exitCodes.failed, written.reason);
    return;
  }
  context.process.stdout.write(`${out}: to be signed by ${keys.length} keys, each by juno contract sign ${out}\n`);
}

/** Shows a command and signs it with this client's key. */
export function contractSign(this: Context, flags: WhichClient, file: string): void {
  const read = readProposal(file);
  const identity = readIdentity(flags, this.process.env);
  if (!read.ok || !identity.ok) {
    fail(this, exitCodes.usage, read.ok ? (identity.ok ? "" : identity.reason) : read.reason);
    return;
  }
  const { secretSeed, clusterId } = identity.value;
  const signature = opensslEngine.sign(messageOf(clusterId, read.value), secretSeed);
  const signed = withSignature(read.value, publicKeyOf(secretSeed), signature);
  if (signed === undefined) {
    fail(this, exitCodes.usage, `${file}: this client's key is none of those that it asks for`);
    return;
  }
  const written = writeProposal(file, signed, "w");
  if (!written.ok) {
    fail(this, exitCodes.failed, written.reason);
    return;
  }
  const missing = signed.signatures.filter((one) => one === undefined).length;
  const left = missing === 0 ? `juno contract submit ${file} sends it` : `${missing} more to sign`;
  this.process.stdout.write(
    `Signed: ${showCommand(signed.command, sourceFinder())}\nuntil index ${signed.until}; ${left}\n`,
  );
}

/** Sends a command that all its keys have signed. */
export async function contractSubmit(this: Context, flags: SendFlags, file: string): Promise<void> {
  const read = readProposal(file);
  const command = read.ok ? signedCommandOf(read.value) : undefined;
  if (command === undefined) {
    fail(this, exitCodes.usage, read.ok ? `${file}: not all of its keys have signed it yet` : read.reason);
    return;
  }
  await sendPayloads(this, flags, [encodeContractCommand(command)]);
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
