/** The verifier: checks batches of signatures, on threads or on the spot, behind one interface. */
import type { BatchVerdict, SignatureBatch } from "./signature-batch.ts";

/** Priority of a batch; a lower lane goes first, always. */
export type Lane = 0 | 1 | 2;

/** Which lane carries what: the cluster's own progress is never behind a flood of commands. */
export const lanes: { readonly votes: Lane; readonly entries: Lane; readonly commands: Lane } = {
  /** Votes, evidence and certificates. */
  votes: 0,
  /** Append entries. */
  entries: 1,
  /** Commands straight from clients. */
  commands: 2,
};

export type VerifierStats = {
  /** Threads that check; 0 where the caller's own does. */
  readonly threads: number;
  /** Tasks that wait for a thread. */
  readonly queued: number;
  /** The same for each lane. */
  readonly queuedByLane: readonly [number, number, number];
  /** Tasks on a thread now. */
  readonly running: number;
  /** Tasks done; a batch is one or more. */
  readonly tasks: number;
  /** Signatures checked. */
  readonly checks: number;
  /** Signatures found invalid. */
  readonly invalid: number;
  /** Leaves hashed. */
  readonly leaves: number;
  /** Time spent on tasks, over all threads, in milliseconds. */
  readonly busyMs: number;
};

export type Verifier = {
  /**
   * Checks a batch, whose arrays nobody may write until then; `lane` is that of commands unless said otherwise. Callers
   * bound what they have outstanding: the queue itself takes all. Rejects where the verifier is closed or has lost a
   * thread, or the batch contradicts itself: never because of a signature.
   */
  readonly verify: (batch: SignatureBatch, lane?: Lane) => Promise<BatchVerdict>;
  readonly stats: () => VerifierStats;
  /** Finishes what was taken, takes nothing more, and resolves when no thread is left; may be called again. */
  readonly close: () => Promise<void>;
};
