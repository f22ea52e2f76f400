/**
 * Admission: what is checked of a frame before any signature is. Opens it, makes sure that its sender is a member who may
 * say such a thing on such a listener, and lists the signatures and leaves that the verifier has to look at.
 */

import type { Carried } from "../wire/carried.ts";
import { type Proof, statementBytes } from "../wire/certificate.ts";
import type { Hash } from "../wire/chain.ts";
import { type CommandReader, createCommandReader } from "../wire/command-reader.ts";
import { signedByClient } from "../wire/domain.ts";
import { type Opened, openInPlace } from "../wire/envelope.ts";
import { commandBytesMax } from "../wire/limits.ts";
import { signatureInput } from "../wire/signature-input.ts";
import type { Certificate, ClientId, Digest, Endorsement, NodeId, Outcome, Signature } from "../wire/types.ts";
import { addRow, type CommandRows, createCommandRows, noCommands } from "./command-rows.ts";

/** Who belongs to the cluster, and their keys. */
export type Members = {
  readonly cluster: Digest;
  readonly quorum: number;
  readonly validators: ReadonlyMap<NodeId, Uint8Array>;
  readonly clients: ReadonlyMap<ClientId, Uint8Array>;
  /** SHA-256. */
  readonly hash: Hash;
};

/** Lanes, most urgent first: a flood in a later one never delays an earlier one. */
export type LaneNumber = 0 | 1 | 2;

/** One signature to be checked; the bytes lie in the frame, or were made from a certificate's statement. */
export type CheckItem = { readonly message: Uint8Array; readonly signature: Uint8Array; readonly key: Uint8Array };

/** A frame that may be verified. */
export type Admitted = {
  readonly lane: LaneNumber;
  readonly frame: Uint8Array;
  /** Undefined for a command that came by itself: its one signature is that of its row. */
  readonly opened: Opened | undefined;
  /** The sender's signature, then those inside certificates: all must be valid. */
  readonly checks: readonly CheckItem[];
  /** Each with one signature, its client's. */
  readonly commands: CommandRows;
  /** Commands that are no commands at all; where they are entries, the whole AE is at fault. */
  readonly malformedCommands: number;
};

export type Entrance = "peer" | "client";

const refuse = (reason: string): Outcome<never> => ({ ok: false, reason });

export function admit(members: Members, entrance: Entrance, frame: Uint8Array): Outcome<Admitted> {
  if (entrance === "client") {
    const single = admitCommand(members, frame);
    if (single !== undefined) return single;
  }
  const result = openInPlace(frame, members.cluster);
  if (!result.ok) return result;
  const { opened, carried } = result.value;
  const kind = opened.body.$case;
  if (signedByClient(kind) !== (entrance === "client")) return refuse(`${kind} at the ${entrance} entrance`);
  const key =
    entrance === "client"
      ? members.clients.get(opened.signer as ClientId)
      : members.validators.get(opened.signer as NodeId);
  if (key === undefined) return refuse(`unknown ${entrance}`);
  const proofs = certificatesOf(opened);
  const checks: CheckItem[] = [
    { message: signatureInput(members.hash, kind, opened.signed), signature: opened.signature, key },
  ];
  for (const proof of proofs) {
    const endorsed = endorsementChecks(members, proof);
    if (!endorsed.ok) return endorsed;
    checks.push(...endorsed.value);
  }
  return {
    ok: true,
    value: { lane: laneOf(opened), frame, opened, checks, ...commandsIn(members, frame, opened, carried) },
  };
}

const readers = new WeakMap<Members, CommandReader>();

function readerFor(members: Members): CommandReader {
  const known = readers.get(members);
  if (known !== undefined) return known;
  const reader = createCommandReader(members.cluster);
  readers.set(members, reader);
  return reader;
}

/** Undefined where the frame is no command. */
function admitCommand(members: Members, frame: Uint8Array): Outcome<Admitted> | undefined {
  const reader = readerFor(members);
  if (!reader.read(frame, 0, frame.length)) return undefined;
  const key = members.clients.get(reader.client as ClientId);
  if (key === undefined) return refuse("unknown client");
  const commands = createCommandRows();
  addRow(commands, reader, 0, frame.length, 0, key);
  return { ok: true, value: { lane: 2, frame, opened: undefined, checks: [], commands, malformedCommands: 0 } };
}

function commandsIn(
  members: Members,
  frame: Uint8Array,
  { body }: Opened,
  carried: Carried,
): Pick<Admitted, "commands" | "malformedCommands"> {
  if (carried.count === 0) return { commands: noCommands, malformedCommands: 0 };
  const commands = createCommandRows();
  const reader = readerFor(members);
  // In a client's batch there are only commands of its own.
  const only = body.$case === "commandBatch" ? body.value.client : undefined;
  let malformedCommands = 0;
  for (let row = 0; row < carried.count; row++) {
    const start = carried.starts[row] ?? 0;
    const end = carried.ends[row] ?? 0;
    const sound = end - start <= commandBytesMax && reader.read(frame, start, end);
    const key = sound ? members.clients.get(reader.client as ClientId) : undefined;
    if (key === undefined || (only !== undefined && reader.client !== only)) malformedCommands++;
    else addRow(commands, reader, start, end, carried.terms[row] ?? 0, key);
  }
  return { commands, malformedCommands };
}

function laneOf(opened: Opened): LaneNumber {
  switch (opened.body.$case) {
    case "command":
    case "commandBatch":
    case "hello":
    case "query":
    case "relay":
      return 2;
    case "appendEntries":
    case "syncResponse":
      return 1;
    default:
      return 0;
  }
}

function certificatesOf({ body }: Opened): Proof[] {
  const lock = (certificate: Certificate | undefined): Proof[] =>
    certificate === undefined ? [] : [{ kind: "replication", certificate }];
  switch (body.$case) {
    case "appendEntries":
      return body.value.proof === undefined ? [] : [{ kind: "election", certificate: body.value.proof }];
    case "requestVote": {
      const { timeout } = body.value;
      return [
        ...lock(body.value.lock),
        ...(timeout === undefined ? [] : [{ kind: "timeout", certificate: timeout } as const]),
      ];
    }
    case "requestVoteResponse":
      return lock(body.value.voterLock);
    case "syncResponse": {
      const { end } = body.value;
      if (end === undefined) return [];
      return [{ kind: end.$case, certificate: end.value }];
    }
    default:
      return [];
  }
}

/** The signatures of a certificate, each over the statement as its signer must have made it. */
function endorsementChecks(members: Members, proof: Proof): Outcome<CheckItem[]> {
  const endorsements: readonly Endorsement[] = proof.certificate.endorsements;
  if (endorsements.length !== members.quorum) return refuse("certificate without a quorum");
  const checks: CheckItem[] = [];
  for (const { node, signature } of endorsements) {
    const key = members.validators.get(node);
    if (key === undefined) return refuse("certificate signed by a stranger");
    checks.push({ message: statementBytes(members.cluster, proof, node), signature: signature as Signature, key });
  }
  return { ok: true, value: checks };
}
