/** I53: what a node keeps in memory stays within its bounds, whatever others send. */
import { rowCount } from "../../../actors/command-rows.ts";
import { pointsPerNodeMax } from "../../../consensus/evidence-book.ts";
import type { SimNode } from "../sim-node.ts";
import { broken, type Invariant } from "../world.ts";

/** As the node is set up here (see sim-node.ts), and the receiver's own bounds. */
const commandsWaitingMax = 200;
const queuedMax = 4096 + 1024;
const pointsMax = 4096;

export function bounded(): Invariant {
  const name = "Bounded";

  function check(node: SimNode, validators: number): void {
    const { actors, id } = node;
    if (actors === undefined) return;
    const { core } = actors.consensus;
    const atMost = (what: string, count: number, most: number): void => {
      if (count > most) broken(name, `node ${id} keeps ${count} ${what}, ${most} are the most`);
    };
    for (const { queue, commands } of actors.receiver.lanes) {
      atMost("frames in a lane", queue.length, queuedMax);
      const counted = queue.reduce((sum, { admitted }) => sum + rowCount(admitted.commands), 0);
      if (counted !== commands) broken(name, `node ${id} counts ${commands} commands in a lane, of ${counted}`);
    }
    atMost("spare votes", actors.receiver.spare.length, queuedMax);
    atMost("counts of votes", actors.receiver.votes.votesOn.size, pointsMax);
    atMost("commands that wait", core.pool.waitingCount, commandsWaitingMax);
    atMost("timeouts", core.timeouts.size, validators);
    atMost("votes held back", core.heldVotes.size, validators);
    for (const said of actors.tracker.book.said.values()) atMost("votes of one node", said.size, pointsPerNodeMax);
  }

  return {
    name,
    onSurvey: ({ nodes, members }) => {
      for (const node of nodes) check(node, members.validators.size);
    },
  };
}
