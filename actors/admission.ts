/**
 * Admission: what is checked of a frame before any signature is. Opens it, makes sure that its sender is a member who may
 * say such a thing on such a listener, and lists the signatures and leaves that the verifier has to look at.
 */
import { type Proof, statementBytes } from "../wire/certificate.ts";
import { type Opened, open } from "../wire/envelope.ts";
import { commandBytesMax } from "../wire/limits.ts";
import type {
  Certificate,
  ClientId,
  Digest,
  Endorsement,
  NodeId,
  Outcome,
  RequestId,
  Signature,
  Term,
} from "../wire/types.ts";

/** Who belongs to the cluster, and their keys. */
export type Members = {
  readonly cluster: Digest;
  readonly quorum: number;
  readonly validators: ReadonlyMap<NodeId, Uint8Array>;
  readonly clients: ReadonlyMap<ClientId, Uint8Array>;
};

/** Lanes, most urgent first: a flood in a later one never delays an earlier one. */
export type LaneNumber = 0 | 1 | 2;

/** One signature to be checked; the bytes lie in the frame, or were made from a certificate's statement. */
export type CheckItem = { readonly message: Uint8Array; readonly signature: Uint8Array; readonly key: Uint8Array };

/** A client's command inside a frame; its check is the one at the same place in `Admitted.commandChecks`. */
export type AdmittedCommand = {
  /** The envelope's bytes: a view into the frame, as are all other views here. */
  readonly bytes: Uint8Array;
  readonly payload: Uint8Array;
  readonly client: ClientId;
  readonly request: RequestId;
  /** Of the entry; 0 where it is not one. */
  readonly term: Term;
};

/** A frame that may be verified. */
export type Admitted = {
  readonly lane: LaneNumber;
  readonly frame: Uint8Array;
  readonly opened: Opened;
  /** The sender's signature, then those inside certificates: all must be valid. */
  readonly checks: readonly CheckItem[];
  readonly commands: readonly AdmittedCommand[];
  readonly commandChecks: readonly CheckItem[];
  /** Commands that are no commands at all; where they are entries, the whole AE is at fault. */
  readonly malformedCommands: number;
};

export type Entrance = "peer" | "client";

const refuse = (reason: string): Outcome<never> => ({ ok: false, reason });

export function admit(members: Members, entrance: Entrance, frame: Uint8Array): Outcome<Admitted> {
  const result = open(frame, members.cluster);
  if (!result.ok) return result;
  const opened = result.value;
  const kind = opened.body.$case;
  const byClient = kind === "command" || kind === "commandBatch" || kind === "hello";
  if (byClient !== (entrance === "client")) return refuse(`${kind} at the ${entrance} entrance`);
  const key = byClient
    ? members.clients.get(opened.signer as ClientId)
    : members.validators.get(opened.signer as NodeId);
  if (key === undefined) return refuse(`unknown ${entrance}`);
  const proofs = certificatesOf(opened);
  const checks: CheckItem[] = [{ message: opened.signed, signature: opened.signature, key }];
  for (const proof of proofs) {
    const endorsed = endorsementChecks(members, proof);
    if (!endorsed.ok) return endorsed;
    checks.push(...endorsed.value);
  }
  return admitCommands(members, frame, opened, checks);
}

function admitCommands(
  members: Members,
  frame: Uint8Array,
  opened: Opened,
  checks: readonly CheckItem[],
): Outcome<Admitted> {
  const commands: AdmittedCommand[] = [];
  const commandChecks: CheckItem[] = [];
  let malformedCommands = 0;
  for (const { bytes, term } of commandsOf(frame, opened)) {
    const command = bytes.length > commandBytesMax ? undefined : open(bytes, members.cluster);
    if (command === undefined || !command.ok || command.value.body.$case !== "command") {
      malformedCommands++;
      continue;
    }
    const { client, request, payload } = command.value.body.value;
    const key = members.clients.get(client);
    const foreign = opened.body.$case === "commandBatch" && client !== opened.body.value.client;
    if (key === undefined || foreign) {
      malformedCommands++;
      continue;
    }
    commands.push({ bytes, payload, client, request, term });
    commandChecks.push({ message: command.value.signed, signature: command.value.signature, key });
  }
  // A single command's own envelope is the frame: one signature, checked once.
  const single = opened.body.$case === "command";
  const lane = laneOf(opened);
  return {
    ok: true,
    value: { lane, frame, opened, checks: single ? [] : checks, commands, commandChecks, malformedCommands },
  };
}

function commandsOf(frame: Uint8Array, opened: Opened): readonly { bytes: Uint8Array; term: Term }[] {
  const none = 0 as Term;
  const { body } = opened;
  switch (body.$case) {
    case "command":
      return [{ bytes: frame, term: none }];
    case "commandBatch":
    case "relay":
      return body.value.commands.map((bytes) => ({ bytes, term: none }));
    case "appendEntries":
    case "syncResponse":
      return body.value.entries.map((entry) => ({ bytes: entry.command, term: entry.term }));
    default:
      return [];
  }
}

function laneOf(opened: Opened): LaneNumber {
  switch (opened.body.$case) {
    case "command":
    case "commandBatch":
    case "hello":
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
