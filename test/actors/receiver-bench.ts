/** A receiver whose verifier answers when the test says so, with true verdicts. */
import type { Entrance } from "../../actors/admission.ts";
import type { Post } from "../../actors/mailbox.ts";
import { type Mail, receive, type State, start } from "../../actors/receiver.ts";
import { createInlineVerifier } from "../../pools/inline-verifier.ts";
import type { SignatureBatch } from "../../pools/signature-batch.ts";
import type { LogIndex, NodeId } from "../../wire/types.ts";
import { engine, members } from "../wire/cluster.ts";

const verifier = createInlineVerifier(engine);

export type Started = { readonly task: number; readonly batch: SignatureBatch; readonly lane: number };

export type Bench = {
  readonly state: State;
  /** Verifications that were started and not answered. */
  readonly open: Started[];
  readonly replies: { readonly connection: number; readonly frame: Uint8Array }[];
  readonly holds: string[];
  readonly closes: string[];
  /** Times that it asked to be told later. */
  readonly laters: string[];
  /** Everything that was posted. */
  readonly posts: Post[];
  readonly mail: (mail: Mail) => void;
  readonly frame: (entrance: Entrance, frame: Uint8Array, connection?: number) => void;
  /** Answers the open verification at this place, the oldest unless told otherwise. */
  readonly answer: (place?: number) => void;
  /** Answers until nothing is open any more. */
  readonly answerAll: () => void;
};

export function receiverBench(commandsWaitingMax = 100_000, commitIndex = 0, checksHereMax = 0): Bench {
  const open: Started[] = [];
  const replies: Bench["replies"] = [];
  const holds: string[] = [];
  const closes: string[] = [];
  const laters: string[] = [];
  const posts: Post[] = [];
  const config = {
    members,
    self: 0 as NodeId,
    memory: "own",
    commitIndex: commitIndex as LogIndex,
    commandsWaitingMax,
    checksHereMax,
  } as const;
  const state = start(config, {
    checkHere: ({ signature, message, key }) => engine.verify(signature, message, key),
    verify: (task, batch, lane) => open.push({ task, batch, lane }),
    reply: (connection, frame) => replies.push({ connection, frame }),
    later: () => laters.push("later"),
    hold: (entrance, held) => holds.push(`${entrance} ${held ? "held" : "released"}`),
    close: (connection, reason) => closes.push(`${connection}: ${reason}`),
  });

  function mail(piece: Mail): void {
    posts.push(...receive(state, piece));
  }

  function answer(place = 0): void {
    const [started] = open.splice(place, 1);
    if (started === undefined) throw new Error("nothing to verify");
    mail({ kind: "verdict", task: started.task, verdict: verifier.verifySync(started.batch) });
  }

  return {
    state,
    open,
    replies,
    holds,
    closes,
    laters,
    posts,
    mail,
    frame: (entrance, frame, connection = 1) => mail({ kind: "frame", entrance, connection, frame }),
    answer,
    answerAll: () => {
      while (open.length > 0) answer();
    },
  };
}
