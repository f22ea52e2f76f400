/** The tables of docs/scaling.md, and what follows from them, by the run file of `juno bench scaling`. */
import { nodeDefaults } from "../cluster/config.ts";
import { markdownTable } from "./figure-blocks.ts";
import { shown } from "./result-table.ts";
import type { RunFile } from "./run-file.ts";
import { busiestThread, type ThreadName, things, thingsDone, threadNames } from "./scaling-model.ts";
import { fittedModel, limitName, placeName, predictedFor, sites } from "./scaling-places.ts";
import { ofMetric, type Summary } from "./series.ts";

const [coresShown, coresMore] = predictedFor.cores;
const nodesFewest = predictedFor.nodes[0];
const nodesMost = predictedFor.nodes[5];
const gigabitsMost = predictedFor.gigabits[1];

const labels: { readonly [Thread in ThreadName]?: string } = {
  verifier: "verifier (several)",
  other: "other: garbage, main thread",
};

/** Blocks by their names in the page. */
export const scalingBlocks: Readonly<Record<string, (file: RunFile) => string>> = {
  bytes,
  constants,
  throughput,
  costs,
  checks,
};

function bytes({ summary }: RunFile): string {
  const lines = ofMetric(summary, "message bytes").map(({ series, median }) => [series, shown(Math.round(median))]);
  return markdownTable([["demo's transfer, with heads shared by a full batch", "bytes"], ...lines]);
}

function constants({ summary }: RunFile): string {
  const model = fittedModel(summary);
  const all = things.map((_, i) => threadNames.reduce((sum, thread) => sum + (model[thread][i] ?? 0), 0));
  const lines = threadNames.map((thread) => [
    labels[thread] ?? thread,
    ...thingsDone(thread).map((does, i) => (does ? micros(model[thread][i] ?? 0) : "-")),
  ]);
  const [command = 0, batch = 0, vote = 0] = all;
  const full = batchCommands();
  const votesAt = (nodes: number) => shown((2 * (nodes - 1) * vote) / full);
  const fits = ofMetric(summary, "fitted / measured").map(({ median }) => median);
  const near = fits.filter((fit) => Math.abs(fit - 1) <= 0.15).length;
  return [
    markdownTable([["thread", ...things], ...lines, ["**all**", ...all.map((us) => `**${micros(us)}**`)]]),
    [
      `A sync took ${shown(medianOf(summary, "sync of the disk", ""))} ms.`,
      `Fitted over measured, all threads of a node: ${shown(Math.min(...fits))} to ${shown(Math.max(...fits))} over the ${fits.length} sizes, ${near} of them within 15 %.`,
    ].join("\n"),
    [
      `Checking its signature is ${Math.round((100 * (model.verifier[0] ?? 0)) / command)} % of the work for a command.`,
      `A batch costs as much as ${shown(batch / command)} commands, and a vote as ${shown(vote / command)}:`,
      `with batches of ${shown(full)}, votes add ${votesAt(nodesFewest)} µs to each command at ${nodesFewest} nodes and ${votesAt(nodesMost)} µs at ${nodesMost}.`,
    ].join("\n"),
  ].join("\n\n");
}

function throughput({ summary }: RunFile): string {
  const columns = predictedFor.gigabits.flatMap((gigabits) => sites.map(({ site }) => ({ gigabits, site })));
  const rate = (site: string, cores: number, gigabits: number, nodes: number) =>
    medianOf(summary, `predicted throughput, ${site}`, placeName(cores, gigabits), nodes);
  const lines = predictedFor.nodes.map((nodes) => [
    String(nodes),
    ...columns.map(({ gigabits, site }) => {
      const limit = limitedBy(summary, placeName(coresShown, gigabits), site, nodes);
      return `${Math.round(rate(site, coresShown, gigabits, nodes) / 1000)} ${limit}`;
    }),
  ]);
  const moreIn = sites.map(({ site }) => {
    const gains = predictedFor.gigabits.flatMap((gigabits) =>
      predictedFor.nodes.map((n) => rate(site, coresMore, gigabits, n) / rate(site, coresShown, gigabits, n) - 1),
    );
    return `${Math.round(100 * Math.max(...gains))} % more in ${site === "one site" ? site : "several regions"}`;
  });
  const leaderUs = medianOf(summary, "predicted processor time for a command", "leader", nodesFewest);
  const busy = (rate("one site", coresShown, gigabitsMost, nodesFewest) * leaderUs) / 1e6;
  const processors = (nodes: number) => thousands(medianOf(summary, "limit", `processors, ${coresShown} cores`, nodes));
  return [
    markdownTable([["nodes", ...columns.map(({ gigabits, site }) => `${gigabits} Gbit/s, ${site}`)], ...lines]),
    [
      `That is for ${coresShown} cores. ${coresMore} cores give at most ${moreIn.join(" and ")}:`,
      `at ${nodesFewest} nodes, ${gigabitsMost} Gbit/s and one site a node keeps ${shown(busy)} cores busy, and its busiest thread is one thread.`,
      `Processors as such would allow ${processors(nodesFewest)} commands a second at ${nodesFewest} nodes and ${processors(nodesMost)} at ${nodesMost} on ${coresShown} cores.`,
    ].join("\n"),
  ].join("\n\n");
}

function costs({ summary }: RunFile): string {
  const place = placeName(coresShown, gigabitsMost);
  const lines = predictedFor.nodes.map((nodes) => {
    const us = (series: string) => shown(medianOf(summary, "predicted processor time for a command", series, nodes));
    const aloneMs = (site: string) =>
      `${shown(medianOf(summary, "predicted latency of a command alone", `${site}, ${place}`, nodes))} ms`;
    const out = shown(medianOf(summary, "bytes out of the leader for a command", "", nodes));
    return [String(nodes), `${us("leader")}, ${us("follower")} µs`, out, ...sites.map(({ site }) => aloneMs(site))];
  });
  const head = ["nodes", "processor time for a command: leader, follower", "bytes out of the leader"];
  return markdownTable([[...head, "a command alone, one site", "regions"], ...lines]);
}

/** Checks of one kind, by how they are named. */
const kinds: readonly (readonly [kind: string, is: RegExp])[] = [
  ["bytes on the wire", /bytes on the wire/],
  ["latency over a long way", /p50 of a command alone/],
  ["rate by the window", /one way, batches of/],
  ["rate of a narrow network", /Mbit\/s: rate/],
  ["processor time in a flood", /processor time|a follower's/],
  ["rate of a flood", /in a flood: rate/],
];

function checks({ summary, notes }: RunFile): string {
  const all = ofMetric(summary, "check");
  const found = all
    .filter(({ series }) => series === "predicted")
    .map(({ x, unit, median: predicted }) => {
      const measured = all.find((one) => one.series === "measured" && one.x === x)?.median ?? Number.NaN;
      return { x: String(x), unit, predicted, measured, error: Math.round((predicted / measured - 1) * 100) };
    });
  if (found.length === 0) return "Nothing was checked in this run: `--check` was not given.";
  const lines = found.map(({ x, unit, predicted, measured, error }) => [
    x,
    `${shown(predicted)} ${unit}`,
    `${shown(measured)} ${unit}`,
    `${signed(error)} %`,
  ]);
  const errors = kinds.flatMap(([kind, is]) => {
    const own = found.filter(({ x }) => is.test(x)).map(({ error }) => error);
    if (own.length === 0) return [];
    const [least, most] = [Math.min(...own), Math.max(...own)];
    return [[kind, `${least === most ? signed(least) : `${signed(least)} to ${signed(most)}`} %`]];
  });
  return [
    markdownTable([["check", "predicted", "measured", "error"], ...lines]),
    markdownTable([["kind", "error"], ...errors]),
    ...notes.filter((note) => note.includes("not tried")).map((note) => `Note: ${note}`),
  ].join("\n\n");
}

/** The lowest of the limits that hold there, in a word. */
function limitedBy(summary: readonly Summary[], place: string, site: string, nodes: number): string {
  const named = [
    ["uplink", "the leader's uplink"],
    ["window", "window of batches"],
    ["processors", "processors"],
    ["verifying threads", "verifying threads"],
    ["thread", "thread "],
  ] as const;
  const limits = named.map(([word, name]) => ({
    word,
    value: medianOf(summary, "limit", limitName(name, place, site), nodes),
  }));
  const { word } = limits.reduce((lowest, one) => (one.value < lowest.value ? one : lowest));
  if (word !== "thread") return word;
  const leader = { nodes, leads: true, commands: batchCommands(), batches: 1 };
  return busiestThread(fittedModel(summary), [leader, { ...leader, leads: false }]).thread;
}

function batchCommands(): number {
  return nodeDefaults(0, "node0").consensus.batchCommandsMax;
}

/** Throws where a run file lacks it: a page must not say what nobody measured. */
function medianOf(summary: readonly Summary[], metric: string, series: string, x: number | string = ""): number {
  const found = summary.find((one) => one.metric === metric && one.series === series && one.x === x);
  if (found === undefined) {
    throw new RangeError(`the run file lacks: ${[metric, series, x].filter((part) => part !== "").join(", ")}`);
  }
  return found.median;
}

function micros(us: number): string {
  return us === 0 ? "0" : shown(us);
}

function thousands(count: number): string {
  return shown(1000 * Math.round(count / 1000));
}

function signed(percent: number): string {
  return percent > 0 ? `+${percent}` : String(percent);
}
