/**
 * A client in the simulator: what it signs, what it waits for and what it believes is the real client's code. It sends each
 * command to one node, after a silence to all (C01), never learns whether an unanswered one took effect (C02), and sometimes
 * sends a batch in which one command is forged (C05).
 */

import type { Members } from "../../actors/admission.ts";
import { createIdentity } from "../../client/identity.ts";
import { createMatching, takeFrame } from "../../client/matching.ts";
import { addRequest, createPending } from "../../client/pending.ts";
import type { ClientId, NodeId, RequestId } from "../../wire/types.ts";
import { type SimCrypto, seedFor } from "./crypto.ts";
import type { Operation } from "./world.ts";

export type Client = {
  readonly id: ClientId;
  /** Requests that are not answered. */
  readonly waiting: () => number;
  readonly hello: (node: NodeId) => Uint8Array;
  /** A new command, signed; `batch` puts it into a batch beside one that somebody else signed. */
  readonly command: (payload: string, event: number, batch: boolean) => Uint8Array;
  /** Each unanswered command again. */
  readonly again: () => Uint8Array[];
  /** Takes a frame in that came on the connection to a node. */
  readonly take: (from: NodeId, frame: Uint8Array, event: number) => void;
  readonly operations: readonly Operation[];
};

export function createClient(id: ClientId, name: string, crypto: SimCrypto, members: Members): Client {
  const { cluster, validators, hash } = members;
  const { engine } = crypto;
  const identityOf = (seed: Uint8Array) => createIdentity(cluster, id, hash, (message) => engine.sign(message, seed));
  const own = identityOf(seedFor(name));
  const stranger = identityOf(seedFor(`${name}, a stranger`));
  // The schedule says how much is under way.
  const pending = createPending({ requestsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY });
  const matching = createMatching({ cluster, client: id, validators, verify: engine.verify, hash }, pending);
  const operations: Operation[] = [];

  return {
    id,
    waiting: () => pending.requests.size,
    hello: own.hello,
    command: (payload, event, batch) => {
      // By ones from 1: the clock of the real client would put each request that follows a rest into a window of its own.
      const request = (pending.lastRequest + 1) as RequestId;
      const command = own.command(request, Buffer.from(payload));
      const unanswered = { answeredAt: undefined, index: undefined, outcome: undefined };
      operations.push({ client: id, request, payload, sentAt: event, ...unanswered });
      addRequest(pending, request, command, event);
      return batch ? own.batch([stranger.command(request, Buffer.from(`${payload} `)), command]) : command;
    },
    again: () => [...pending.requests.values()].map(({ command }) => command),
    take: (from, frame, event) => {
      for (const { request, index, outcome } of takeFrame(matching, from, frame)) {
        const operation = operations[request - 1];
        if (operation === undefined) throw new Error(`request ${request} was never made`);
        operation.answeredAt = event;
        operation.index = index;
        operation.outcome = outcome;
      }
    },
    operations,
  };
}
