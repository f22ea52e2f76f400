/** What clients believe, and by what a command is known when it comes again. */
import type { Mutant } from "../mutant.ts";

export const clientMutants: readonly Mutant[] = [
  {
    name: "one-answer-is-enough",
    breaks: "a client believes a single node (S-10, B23)",
    file: "client/matching.ts",
    find: "const agreeing = faultyMax(config.validators.size) + 1;",
    replace: "const agreeing = 1;",
  },
  {
    name: "outcomes-not-compared",
    breaks: "a client compares the places that nodes tell, not the outcomes (S-10, B23)",
    file: "client/matching.ts",
    find: "if (claimed === index && outcomeBytes === outcome.length && sameBytes(claim.fingerprint, fingerprint)) return claim;",
    replace: "if (claimed === index && outcomeBytes >= 0) return claim;",
  },
  {
    name: "one-node-answers-twice",
    breaks: "a client counts answers, not the nodes that gave them (S-10)",
    file: "client/matching.ts",
    find: "    if (!nodes.includes(from)) continue;",
    replace: "    if (nodes.length >= 0) continue;",
  },
  {
    name: "known-by-signature",
    breaks: "a command that comes again is known by its signature, which has two valid forms here (S-08, B25)",
    file: "actors/applier.ts",
    find: "    switch (standingOf(client.window, request)) {",
    replace:
      '    const signature = Buffer.from(entries.data.subarray((entries.ends[row] ?? 0) - 64, entries.ends[row])).toString("latin1");\n    const known = (client.signatures ??= new Set());\n    const before = known.has(signature);\n    known.add(signature);\n    switch (before ? "repeat" : "fresh") {',
    malleable: true,
  },
];
