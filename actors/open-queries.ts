/**
 * Queries between the receiver and the applier: so few that they never fill a mailbox, since a full one would hold up peers.
 * Further ones are dropped, as on a network.
 */
import type { ClientId } from "../wire/types.ts";

export type OpenQueries = { total: number; readonly ofClient: Map<ClientId, number> };

const totalMax = 64;
const ofClientMax = 16;

export function createOpenQueries(): OpenQueries {
  return { total: 0, ofClient: new Map() };
}

export function hasRoomFor({ total, ofClient }: OpenQueries, client: ClientId): boolean {
  return total < totalMax && (ofClient.get(client) ?? 0) < ofClientMax;
}

/** One more is on its way to the applier. */
export function noteOpened(open: OpenQueries, client: ClientId): void {
  open.total++;
  open.ofClient.set(client, (open.ofClient.get(client) ?? 0) + 1);
}

/** The applier has done with one. */
export function noteClosed(open: OpenQueries, client: ClientId): void {
  open.total--;
  const left = (open.ofClient.get(client) ?? 1) - 1;
  if (left > 0) open.ofClient.set(client, left);
  else open.ofClient.delete(client);
}
