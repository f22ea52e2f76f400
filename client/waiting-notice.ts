/** Tells a person who waits for an answer what it hangs on. */

import type { JunoClient } from "./client.ts";
import type { ClientStatus } from "./client-status.ts";

/** Milliseconds before the first word: an election may take two seconds. */
const noticeMs = 3000;

/** Says it once, unless the returned function is called before; `say` takes one line without its end. */
export function noticeWhileWaiting(client: JunoClient, say: (line: string) => void): () => void {
  const timer = setTimeout(() => say(waitingFor(client.status())), noticeMs);
  return () => clearTimeout(timer);
}

/** What keeps a command from being settled, in one line. */
export function waitingFor({ validators, silentRounds }: ClientStatus): string {
  const up = validators.filter(({ connected }) => connected).length;
  const away = validators.filter(({ connected }) => !connected);
  const failure = away.find(({ lastFailure }) => lastFailure !== undefined)?.lastFailure;
  const why = failure === undefined ? "" : ` (${failure})`;
  if (up === 0) return `no validator is connected${why}: is the cluster running? Try: juno status`;
  const retried = silentRounds > 0 ? "; the command was sent to all of them again" : "";
  return `waiting for answers, ${up} of ${validators.length} validators connected${away.length > 0 ? why : ""}${retried}`;
}
