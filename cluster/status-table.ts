/** The status of a cluster's nodes as a table for people. */
import { stripVTControlCharacters } from "node:util";
import type { NodeStatus } from "./control.ts";

export type StatusRow = {
  readonly name: string;
  /** Undefined where the node does not answer. */
  readonly status?: NodeStatus | undefined;
  /** An earlier one of the same node, from which rates are counted; without it they are of its whole life. */
  readonly before?: NodeStatus | undefined;
  /** How often the launcher has started it again. */
  readonly restarts?: number;
  /** Stands for the role of a node that does not answer, such as `starting`. */
  readonly note?: string;
};

export type TableOptions = {
  readonly colour?: boolean;
  /** Columns of the screen; those of least use are left out where the table is wider. */
  readonly width?: number;
};

type Column = {
  readonly title: string;
  readonly right?: true;
  /** Columns of a higher rank are left out first. */
  readonly rank: number;
  readonly cell: (row: StatusRow, status: NodeStatus) => string;
};

const columns: readonly Column[] = [
  { title: "NODE", rank: 0, cell: ({ name }) => name },
  { title: "ROLE", rank: 0, cell: (_, { role }) => role },
  { title: "TERM", rank: 1, right: true, cell: (_, { term }) => String(term) },
  { title: "LEADER", rank: 4, right: true, cell: (_, { leader }) => (leader === null ? "-" : String(leader)) },
  { title: "COMMIT", rank: 0, right: true, cell: (_, { commitIndex }) => String(commitIndex) },
  { title: "APPLIED", rank: 5, right: true, cell: (_, { appliedIndex }) => String(appliedIndex) },
  { title: "LOG HASH", rank: 3, cell: (_, { logHash }) => logHash.slice(0, 8) || "-" },
  { title: "CMD/S", rank: 1, right: true, cell: (row, status) => throughput(row.before, status)?.toFixed(0) ?? "-" },
  { title: "CPU", rank: 1, right: true, cell: (row, status) => `${cpuPercent(row.before, status).toFixed(0)}%` },
  { title: "MEMORY", rank: 4, right: true, cell: (_, { rssBytes }) => `${(rssBytes / 2 ** 20).toFixed(0)}M` },
  { title: "MAILBOX", rank: 3, right: true, cell: (_, { mailboxes }) => fullest(mailboxes) },
  { title: "REJECTS", rank: 6, right: true, cell: (_, { rejects }) => String(sum(Object.values(rejects))) },
  {
    title: "PEERS",
    rank: 2,
    right: true,
    cell: (_, { peers }) => `${peers.filter((it) => it.connected).length}/${peers.length}`,
  },
  { title: "UP", rank: 6, right: true, cell: (_, { uptimeMs }) => duration(uptimeMs) },
  {
    title: "RESTARTS",
    rank: 2,
    right: true,
    cell: ({ restarts }) => (restarts === undefined ? "-" : String(restarts)),
  },
];

const gap = "  ";
const sgr = { bold: 1, red: 31, green: 32, yellow: 33, blue: 34 } as const;

/** Lines joined by line ends, without one at the end: a title line, one for each node, and what does not agree. */
export function renderStatusTable(rows: readonly StatusRow[], options: TableOptions = {}): string {
  const cells = rows.map((row) => columns.map((column) => cellOf(column, row)));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const shown = fitting(widths, options.width ?? Number.POSITIVE_INFINITY);
  const paint = options.colour === true ? painted : (text: string) => text;
  const line = (texts: readonly string[]) =>
    shown
      .map((i) =>
        columns[i]?.right ? (texts[i] ?? "").padStart(widths[i] ?? 0) : (texts[i] ?? "").padEnd(widths[i] ?? 0),
      )
      .join(gap)
      .trimEnd();
  const titles = paint(line(columns.map(({ title }) => title)), "bold");
  const body = rows.map((row, i) => paint(line(cells[i] ?? []), colourOf(row)));
  return [titles, ...body, ...contradictions(rows).map((text) => paint(text, "red"))].join("\n");
}

/** Entries applied per second since an earlier status of the same process; undefined without one. */
export function throughput(before: NodeStatus | undefined, now: NodeStatus): number | undefined {
  const ms = elapsedMs(before, now);
  return before === undefined || ms === undefined ? undefined : ((now.appliedIndex - before.appliedIndex) * 1000) / ms;
}

/** Processor time per time since an earlier status of the same process, or since its start; 100 is one processor. */
export function cpuPercent(before: NodeStatus | undefined, now: NodeStatus): number {
  const ms = elapsedMs(before, now);
  if (before === undefined || ms === undefined) return (now.cpuMs * 100) / Math.max(1, now.uptimeMs);
  return ((now.cpuMs - before.cpuMs) * 100) / ms;
}

/** By the node's own clock, so that it does not matter how late an answer came. */
function elapsedMs(before: NodeStatus | undefined, now: NodeStatus): number | undefined {
  const ms = before?.pid === now.pid ? now.uptimeMs - before.uptimeMs : 0;
  return ms > 0 ? ms : undefined;
}

function cellOf(column: Column, row: StatusRow): string {
  if (row.status !== undefined) return printable(column.cell(row, row.status));
  if (column.title === "NODE") return printable(row.name);
  if (column.title === "ROLE") return printable(row.note ?? "no answer");
  return column.title === "RESTARTS" && row.restarts !== undefined ? String(row.restarts) : "-";
}

/** Names and hashes come from another process, and must not steer the terminal. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, "");
}

function fitting(widths: readonly number[], width: number): readonly number[] {
  let shown = widths.map((_, i) => i);
  const rankOf = (i: number) => columns[i]?.rank ?? 0;
  while (sum(shown.map((i) => (widths[i] ?? 0) + gap.length)) - gap.length > width) {
    const last = Math.max(...shown.map(rankOf));
    if (last === 0) break;
    shown = shown.filter((i) => rankOf(i) < last);
  }
  return shown;
}

function colourOf({ status }: StatusRow): keyof typeof sgr | undefined {
  if (status === undefined) return "red";
  switch (status.role) {
    case "leader":
      return "blue";
    case "candidate":
      return "yellow";
    case "follower":
      return "green";
  }
}

function painted(text: string, colour: keyof typeof sgr | undefined): string {
  return colour === undefined ? text : `\u001b[${sgr[colour]}m${text}\u001b[0m`;
}

/** Equal indices with different hashes: what a ledger must never show. */
function contradictions(rows: readonly StatusRow[]): string[] {
  const known = rows.flatMap(({ status }) => (status === undefined ? [] : [status]));
  return [
    ...differences("logs", known, (it) => [it.commitIndex, it.logHash]),
    ...differences("states", known, (it) => [it.appliedIndex, it.stateHash]),
  ];
}

function differences(
  what: string,
  known: readonly NodeStatus[],
  pointOf: (status: NodeStatus) => readonly [number, string],
): string[] {
  return [...Map.groupBy(known, (it) => pointOf(it)[0])]
    .filter(([, group]) => new Set(group.map((it) => pointOf(it)[1])).size > 1)
    .map(([index, group]) => {
      const hashes = group.map((it) => `${printable(it.name)} ${printable(pointOf(it)[1].slice(0, 8))}`);
      return `DIFFERENT ${what.toUpperCase()} at index ${index}: ${hashes.join(", ")}`;
    });
}

function fullest(mailboxes: NodeStatus["mailboxes"]): string {
  const shares = Object.values(mailboxes).map(({ depth, max }) => (max === 0 ? 0 : depth / max));
  return `${(100 * Math.max(0, ...shares)).toFixed(0)}%`;
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(seconds / 3600)}h${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}m`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
