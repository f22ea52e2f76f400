/**
 * Asks validators what their state is, and believes what f+1 of them say of one place in the log, since one of these is
 * honest. A round asks all for one place; validators who are past it say what is so now. Where no f+1 agree, the next
 * round asks for a place that is still ahead of them.
 *
 * Source: docs/protocol.md, Queries.
 */
import { open } from "../wire/envelope.ts";
import { faultyMax } from "../wire/quorum.ts";
import { signatureInput } from "../wire/signature-input.ts";
import { signedPrefix } from "../wire/signed-prefix.ts";
import { type LogIndex, type NodeId, type RequestId, sameBytes } from "../wire/types.ts";
import type { MatchingConfig } from "./matching.ts";

/** What f+1 validators say. */
export type Answer = {
  /** Of the last log entry that had taken effect. */
  readonly index: number;
  /** In memory of its own. */
  readonly outcome: Uint8Array;
  /** Who said so. */
  readonly nodes: readonly number[];
};

export type AskOptions = {
  /** The answer is of this place in the log or a later one: the index of a receipt shows what its command did. */
  readonly atLeast?: number;
  /** Ends the waiting: the promise rejects with its reason. */
  readonly signal?: AbortSignal;
};

export type Queries = {
  ask(question: Uint8Array, options: AskOptions): Promise<Answer>;
  /** True where the frame is an answer to a query, sound or not. */
  take(from: NodeId, frame: Uint8Array): boolean;
  /** A validator that can be asked now. */
  opened(node: NodeId): void;
  /** Rejects what waits. */
  stop(): void;
};

export type QueryParts = {
  readonly config: MatchingConfig;
  /** The signed frame of a query. */
  readonly query: (request: RequestId, index: LogIndex, question: Uint8Array) => Uint8Array;
  /** To every validator that is connected, or to one. */
  readonly send: (frame: Uint8Array, node?: NodeId) => void;
};

type Said = { readonly index: LogIndex; readonly outcome: Uint8Array };

type Round = {
  readonly question: Uint8Array;
  readonly atLeast: number;
  request: RequestId;
  frame: Uint8Array;
  readonly said: Map<NodeId, Said>;
  /** How far ahead the next round asks. */
  margin: number;
  timer: NodeJS.Timeout | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
};

/** Frames may be lost, and validators may be without an answer: then all are asked again. */
const roundMs = 1000;
/** After all who are surely honest have answered, for the others. */
const stragglerMs = 20;

export function createQueries({ config, query, send }: QueryParts): Queries {
  const { cluster, client, validators, verify, hash } = config;
  const faulty = faultyMax(validators.size);
  const prefix = signedPrefix("queryResponse", cluster);
  const rounds = new Map<RequestId, Round>();
  let last = 0;
  let stopped = false;

  function begin(round: Round, index: number): void {
    clearTimeout(round.timer);
    rounds.delete(round.request);
    // Above those of earlier processes with this client's key.
    last = Math.max(last + 1, Date.now() * 1000);
    round.request = last as RequestId;
    round.said.clear();
    round.frame = query(round.request, index as LogIndex, round.question);
    rounds.set(round.request, round);
    round.timer = setTimeout(again, roundMs, round);
    send(round.frame);
  }

  /** Asks for a place that f+1 validators, so an honest one, are near to. */
  function again(round: Round): void {
    const places = [...round.said.values()].map(({ index }) => index).sort((a, b) => b - a);
    const reached = places[Math.min(faulty, places.length - 1)] ?? 0;
    const spread = reached - (places.at(-1) ?? reached);
    // Too far ahead costs the validators' patience, too near another round.
    round.margin = Math.max(2 * round.margin, 2 * spread, 1);
    const ahead = places.length === 0 ? 0 : reached + round.margin;
    begin(round, Math.max(round.atLeast, ahead));
  }

  function finish(round: Round): void {
    clearTimeout(round.timer);
    rounds.delete(round.request);
  }

  function ask(question: Uint8Array, { atLeast = 0, signal }: AskOptions): Promise<Answer> {
    if (stopped) return Promise.reject(new Error("the client is closed"));
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        finish(round);
        reject(signal?.reason);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", onAbort);
          settle(value);
        };
      const round: Round = {
        question,
        atLeast,
        request: 0 as RequestId,
        frame: question,
        said: new Map(),
        margin: 0,
        timer: undefined,
        resolve: settled(resolve),
        reject: settled(reject),
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      begin(round, atLeast);
    });
  }

  function take(from: NodeId, frame: Uint8Array): boolean {
    if (!beginsWith(frame, prefix)) return false;
    const opened = open(frame, cluster);
    if (!opened.ok || opened.value.body.$case !== "queryResponse") return true;
    const { body, signed, signature } = opened.value;
    const { value } = body;
    const round = rounds.get(value.request);
    const key = validators.get(from);
    if (round === undefined || key === undefined || value.node !== from || value.client !== client) return true;
    if (round.said.has(from) || !verify(signature, signatureInput(hash, body.$case, signed), key)) return true;
    round.said.set(from, { index: value.index, outcome: value.outcome.slice() });
    judge(round, from);
    return true;
  }

  function judge(round: Round, from: NodeId): void {
    const said = round.said.get(from);
    if (said === undefined) return;
    const equal = [...round.said].filter(([, one]) => one.index === said.index && sameBytes(one.outcome, said.outcome));
    if (equal.length > faulty && said.index >= round.atLeast) {
      finish(round);
      round.resolve({ ...said, nodes: equal.map(([node]) => node) });
      return;
    }
    if (round.said.size < validators.size - faulty) return;
    clearTimeout(round.timer);
    round.timer = setTimeout(again, round.said.size < validators.size ? stragglerMs : 0, round);
  }

  return {
    ask,
    take,
    opened: (node) => {
      for (const round of rounds.values()) if (!round.said.has(node)) send(round.frame, node);
    },
    stop: () => {
      stopped = true;
      for (const round of rounds.values()) {
        clearTimeout(round.timer);
        round.reject(new Error("the client is closed"));
      }
      rounds.clear();
    },
  };
}

/** Whether what is signed in a frame begins so: enough to tell one kind of message from the others. */
function beginsWith(frame: Uint8Array, prefix: Uint8Array): boolean {
  let at = 1;
  while (at < 5 && (frame[at] ?? 0) >= 0x80) at++;
  at++;
  for (let i = 0; i < prefix.length; i++) if (frame[at + i] !== prefix[i]) return false;
  return true;
}
