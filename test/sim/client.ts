/**
 * A client in the simulator. It sends each command to one node, after a silence to all (C01), never learns whether an
 * unanswered one took effect (C02), sometimes sends a batch in which one command is forged (C05), and believes what f+1 nodes
 * answer alike.
 */
import { sha256 } from "../../pools/sha256.ts";
import { encodeSigned } from "../../wire/envelope.ts";
import { seal } from "../../wire/signature-input.ts";
import type { Body, BodyOf, ClientId, Digest, NodeId, RequestId } from "../../wire/types.ts";
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
  /** Takes an answer in; tells what now is answered. */
  readonly take: (body: BodyOf<"commandResponse">, event: number) => void;
  readonly operations: readonly Operation[];
};

type Wanted = {
  readonly command: Uint8Array;
  readonly operation: Operation;
  /** Who gave which answer. */
  readonly votes: Map<string, Set<number>>;
};

export function createClient(id: ClientId, name: string, crypto: SimCrypto, cluster: Digest, faulty: number): Client {
  const ownSeed = seedFor(name);
  const strangersSeed = seedFor(`${name}, a stranger`);
  const wanted = new Map<RequestId, Wanted>();
  const operations: Operation[] = [];
  let request = 0;

  function sign(body: Body, seed: Uint8Array): Uint8Array {
    const signed = encodeSigned(cluster, id, body);
    return seal(sha256, body.$case, signed, (input) => crypto.engine.sign(input, seed));
  }

  function commandOf(number: number, payload: string, seed: Uint8Array): Uint8Array {
    const value = { client: id, request: number as RequestId, payload: Buffer.from(payload) };
    return sign({ $case: "command", value }, seed);
  }

  return {
    id,
    waiting: () => wanted.size,
    hello: (node) => sign({ $case: "hello", value: { client: id, node } }, ownSeed),
    command: (payload, event, batch) => {
      request++;
      const command = commandOf(request, payload, ownSeed);
      const operation: Operation = { payload, sentAt: event, answeredAt: undefined, index: undefined };
      operations.push(operation);
      wanted.set(request as RequestId, { command, operation, votes: new Map() });
      if (!batch) return command;
      const forged = commandOf(request, `${payload} `, strangersSeed);
      return sign({ $case: "commandBatch", value: { client: id, commands: [forged, command] } }, ownSeed);
    },
    again: () => [...wanted.values()].map(({ command }) => command),
    take: ({ node, client, results }, event) => {
      if (client !== id) return;
      for (const { request: answered, index, outcome } of results) {
        const open = wanted.get(answered);
        if (open === undefined) continue;
        const answer = `${index} ${Buffer.from(outcome).toString("latin1")}`;
        const votes = open.votes.get(answer) ?? new Set();
        open.votes.set(answer, votes.add(node));
        if (votes.size <= faulty) continue;
        wanted.delete(answered);
        open.operation.answeredAt = event;
        open.operation.index = index;
      }
    },
    operations,
  };
}
