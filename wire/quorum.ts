/** Quorum arithmetic for n validators of which at most f lie. Source: docs/protocol.md, Model. */

/** Most validators that may be Byzantine: floor((n-1)/3). */
export function faultyMax(validators: number): number {
  return Math.floor((validators - 1) / 3);
}

/**
 * Validators that make a quorum: ceil((n+f+1)/2). Two quorums share at least f+1 validators, hence an honest one, and
 * the honest ones alone are a quorum.
 */
export function quorumOf(validators: number): number {
  return Math.ceil((validators + faultyMax(validators) + 1) / 2);
}
