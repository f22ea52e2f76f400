/** What the simulator hands to an adversary: its keys, the network, the tape (see adversary.ts). */
import type { Members } from "../../actors/admission.ts";
import { sha256 } from "../../pools/sha256.ts";
import { signedByClient } from "../../wire/domain.ts";
import { encodeSigned, open } from "../../wire/envelope.ts";
import { faultyMax } from "../../wire/quorum.ts";
import { seal } from "../../wire/signature-input.ts";
import type { Body, NodeId } from "../../wire/types.ts";
import type { Cast, Lair, Signer } from "./adversary.ts";
import { clientName, nodeName } from "./cluster.ts";
import { type SimCrypto, seedFor } from "./crypto.ts";
import type { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";
import type { SimNode } from "./sim-node.ts";

type Around = {
  readonly members: Members;
  readonly cast: Cast;
  readonly crypto: SimCrypto;
  readonly choose: Random;
  readonly schedule: Schedule;
  readonly nodes: readonly SimNode[];
  readonly put: (from: SimNode, to: NodeId, frame: Uint8Array) => void;
  readonly putAsClient: Lair["sendAsClient"];
  readonly crash: (node: SimNode) => void;
  readonly start: (node: SimNode) => void;
  /** The adversary signed a command: it may be applied. */
  readonly noteSigned: (body: Body) => void;
};

export function createLair(around: Around): Lair {
  const { members, cast, crypto, choose, schedule, nodes } = around;

  function seedOf({ kind, id }: Signer): Uint8Array {
    const held = kind === "node" ? cast.liars.includes(id) : (cast.clients ?? []).includes(id);
    if (!held) throw new Error(`the adversary does not hold the key of ${kind} ${id}`);
    return seedFor(kind === "node" ? nodeName(id) : clientName(id));
  }

  function signBytes(signer: Signer, kind: Body["$case"], signed: Uint8Array): Uint8Array {
    const seed = seedOf(signer);
    return seal(sha256, kind, signed, (input) => crypto.engine.sign(input, seed));
  }

  return {
    members,
    faulty: faultyMax(members.validators.size),
    cast,
    choose,
    now: schedule.now,
    sign: (signer, body) => {
      around.noteSigned(body);
      const kind = signedByClient(body.$case) ? "client" : "node";
      return signBytes({ kind, id: signer } as Signer, body.$case, encodeSigned(members.cluster, signer, body));
    },
    signBytes,
    read: (frame) => {
      const opened = open(frame, members.cluster);
      return opened.ok ? opened.value.body : undefined;
    },
    send: (from, to, frame) => {
      const node = nodes.find((one) => one.id === from);
      if (node === undefined || !cast.liars.includes(from)) throw new Error(`the adversary does not run node ${from}`);
      around.put(node, to, frame);
    },
    sendAsClient: around.putAsClient,
    later: (delayMs, run) => schedule.after(delayMs, run),
    actors: (id, copy = 0) => {
      const node = nodes.find((one) => one.id === id && one.copy === copy);
      return cast.liars.includes(id) ? node?.actors : undefined;
    },
    crash: (id) => {
      for (const node of nodes) if (node.id === id && cast.liars.includes(id)) around.crash(node);
    },
    restart: (id) => {
      for (const node of nodes) {
        if (node.id === id && cast.liars.includes(id) && node.actors === undefined) around.start(node);
      }
    },
  };
}
