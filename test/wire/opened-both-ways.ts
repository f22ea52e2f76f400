import { open, openInPlace } from "../../wire/envelope.ts";
import type { Body, Entry, Term } from "../../wire/types.ts";
import { cluster } from "./cluster.ts";
import { hexOf, plain } from "./plain.ts";

/**
 * A frame as `open` tells of it, and as `openInPlace` does with what the message carries put back: the reason where it is
 * refused.
 */
export function openedBothWays(frame: Uint8Array): { readonly whole: unknown; readonly inPlace: unknown } {
  const whole = open(frame, cluster);
  const inPlace = openInPlace(frame, cluster);
  const told = ({ body, signer, signed }: { body: Body; signer: number; signed: Uint8Array }): object => ({
    body: plain(body),
    signer,
    signed: hexOf(signed),
  });
  return {
    whole: whole.ok ? told(whole.value) : whole.reason,
    inPlace: inPlace.ok ? told({ ...inPlace.value.opened, body: withCarried(frame, inPlace.value) }) : inPlace.reason,
  };
}

type InPlace = Extract<ReturnType<typeof openInPlace>, { ok: true }>["value"];

function withCarried(frame: Uint8Array, { opened: { body }, carried }: InPlace): Body {
  const commands = Array.from({ length: carried.count }, (_, row) =>
    frame.subarray(carried.starts[row], carried.ends[row]),
  );
  switch (body.$case) {
    case "commandBatch":
      return { $case: "commandBatch", value: { ...body.value, commands } };
    case "relay":
      return { $case: "relay", value: { ...body.value, commands } };
    case "appendEntries":
      return { $case: "appendEntries", value: { ...body.value, entries: entriesOf(commands, carried.terms) } };
    case "syncResponse":
      return { $case: "syncResponse", value: { ...body.value, entries: entriesOf(commands, carried.terms) } };
    default:
      return body;
  }
}

function entriesOf(commands: readonly Uint8Array[], terms: Float64Array): Entry[] {
  return commands.map((command, row) => ({ term: (terms[row] ?? 0) as Term, command }));
}
