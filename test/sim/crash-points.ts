/** The named points at which a node can be crashed: before and after each piece of mail, and between the frames of a broadcast. */
import type { ActorName, Mailbox } from "../../actors/mailbox.ts";
import type { Moment } from "./sim-node.ts";

const mailKinds: Readonly<Record<ActorName, readonly string[]>> = {
  receiver: ["frame", "verdict", "credit", "later", "settled", "certified", "reply"],
  consensus: [
    "tick",
    "commands",
    "appendEntries",
    "nack",
    "timeout",
    "requestVote",
    "requestVoteResponse",
    "syncRequest",
    "syncResponse",
    "replicated",
    "committed",
    "replayed",
  ],
  log: ["write", "serve", "drained"],
  "commit-tracker": ["vote", "settled"],
  applier: ["apply", "replay", "repeat", "drained"],
  sender: [
    "append",
    "relay",
    "sync",
    "appendEntriesResponse",
    "commitVote",
    "nack",
    "timeout",
    "requestVote",
    "requestVoteResponse",
    "syncRequest",
    "results",
  ],
};

/** Between two frames of one message to several nodes. */
export const amidBroadcast = "amid a broadcast";

export const crashPoints: readonly string[] = [
  amidBroadcast,
  ...Object.entries(mailKinds).flatMap(([actor, kinds]) =>
    kinds.flatMap((kind) => [`before ${actor} ${kind}`, `after ${actor} ${kind}`]),
  ),
];

/** The name of the point where this mail is about to be received, or has been. */
export function pointName(moment: Moment, actor: ActorName, mail: Mailbox[ActorName]): string {
  return `${moment} ${actor} ${kindOf(mail)}`;
}

function kindOf(mail: Mailbox[ActorName]): string {
  if (mail.kind !== "send") return mail.kind;
  return mail.message.kind === "body" ? mail.message.body.$case : mail.message.kind;
}
