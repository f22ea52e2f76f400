/**
 * The wiring of a node: which actor accepts what. Reading the unions named here is reading the system. `Post` is derived,
 * so the compiler checks that nobody is sent what it does not accept.
 */
import type { Mail as ApplierMail } from "./applier.ts";
import type { Mail as CommitTrackerMail } from "./commit-tracker.ts";
import type { Mail as ConsensusMail } from "./consensus.ts";
import type { Mail as LogMail } from "./log.ts";
import type { Mail as ReceiverMail } from "./receiver.ts";
import type { Mail as SenderMail } from "./sender.ts";

export type Mailbox = {
  receiver: ReceiverMail;
  consensus: ConsensusMail;
  log: LogMail;
  "commit-tracker": CommitTrackerMail;
  applier: ApplierMail;
  sender: SenderMail;
};

export type ActorName = keyof Mailbox;

/** One piece of mail and whose it is. */
export type Post = { [To in ActorName]: { readonly to: To; readonly mail: Mailbox[To] } }[ActorName];

/** Counters that an actor keeps for people: how often what happened. */
export type Counters = Record<string, number>;

/** Adds to a counter. */
export function tally(counters: Counters, name: string, by = 1): void {
  counters[name] = (counters[name] ?? 0) + by;
}

/** Makes `switch` exhaustive: the compiler refuses a case that is left out. */
export function unreachable(mail: never): never {
  throw new Error(`unknown mail: ${JSON.stringify(mail)}`);
}
