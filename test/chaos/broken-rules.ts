/**
 * Loaded before a node's own modules (`--import`), on each of its threads: breaks the rules that JUNO_BROKEN_RULES names. So a
 * test sees whether chaos would notice; nothing in the program knows of it.
 */
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { mutated } from "../mutants/load-mutant.ts";
import type { Mutant } from "../mutants/mutant.ts";

const rules: readonly Mutant[] = [
  {
    name: "repeats-taken",
    breaks: "leaders take a command again that is committed",
    file: "consensus/command-pool.ts",
    find: 'if (standingOf(client.committed, request) !== "fresh") {',
    replace: "if (request < 0) {",
  },
  {
    name: "repeats-applied",
    breaks: "a command that is in the log twice takes effect twice",
    file: "actors/applier.ts",
    find: '      case "repeat":\n        tally(state.counters, "repeats");\n        tellAgain(client.results, request, digestAt(entries.leaves, row));\n        break;',
    replace:
      '      case "repeat":\n        state.io.machine.apply(payloadAt(entries, row), id, index);\n        tellAgain(client.results, request, digestAt(entries.leaves, row));\n        break;',
  },
];

const root = new URL("../../", import.meta.url);
const broken = new Map(
  (process.env.JUNO_BROKEN_RULES ?? "")
    .split(",")
    .flatMap((name) => rules.filter((rule) => rule.name === name))
    .map((rule) => [fileURLToPath(new URL(rule.file, root)), rule]),
);

registerHooks({
  load: (url, context, next) => {
    const result = next(url, context);
    const rule = url.startsWith(root.href) ? broken.get(fileURLToPath(url)) : undefined;
    return rule === undefined
      ? result
      : { ...result, source: mutated(rule, String(result.source)), shortCircuit: true };
  },
});
