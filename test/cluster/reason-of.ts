/** The reason of a refusal, for a test's comparison; a success fails the test by its text. */
import type { Outcome } from "../../wire/types.ts";

export function reasonOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? "was not refused" : outcome.reason;
}

/** The value of a success; throws the reason of a refusal. */
export function accepted<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}
