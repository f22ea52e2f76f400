/** Lets a node say what time it is, by a command in the log, as long as some contract asks. Rule: docs/decisions/0013-agreed-time.md */
import { encodeContractCommand } from "../hopper/chain/contract-command.ts";
import type { RequestId } from "../wire/types.ts";
import type { Controls } from "./threads/boot.ts";

/** How far a clock's last word may lie back. */
const sayEveryMs = 5_000;
/** While its words do not come into the log, since there is no quorum, it says them ever less often, down to this. */
const sayAtLeastEveryMs = 60_000;
/** How often it is asked for; a contract that is published first asks soon. */
const lookEveryMs = 1_000;

/** Returns what stops it. */
export function startClock({ applier, receiver }: Pick<Controls, "applier" | "receiver">): () => void {
  let [said, shownThen, wait] = [0, -1, sayEveryMs];
  const look = async (): Promise<void> => {
    const shown = await applier.clockShown();
    const time = Date.now();
    if (shown === undefined || time - shown < sayEveryMs) return;
    if (shown !== shownThen) wait = sayEveryMs;
    else if (time - said < wait) return;
    else wait = Math.min(2 * wait, sayAtLeastEveryMs);
    [said, shownThen] = [time, shown];
    // Requests ascend, as the clock does; where it went back, nothing of it counts until it is where it was.
    await receiver.command(time as RequestId, encodeContractCommand({ kind: "clock", time }));
  };
  // A look that fails does so because the node is stopping.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
