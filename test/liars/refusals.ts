/** What honest nodes have refused of what reached them, as their receivers count it. */
import { must, type Sight } from "./behaviour.ts";

export function refusals({ world }: Sight, reason: string): number {
  return world.nodes.reduce((sum, { actors }) => sum + (actors?.receiver.rejects[reason] ?? 0), 0);
}

export function mustRefuse(sight: Sight, reason: string): void {
  must(refusals(sight, reason) > 0, `no honest node has refused anything as "${reason}"`);
}
