import test from "ava";
import { cpuPercent, renderStatusTable, type StatusRow, throughput } from "../../cluster/status-table.ts";
import { sampleStatus } from "./sample-status.ts";

const leader = sampleStatus({
  name: "node1",
  id: 1,
  pid: 101,
  role: "leader",
  commitIndex: 1290,
  appliedIndex: 1290,
  logHash: "eeee",
  stateHash: "ffff",
});
const rows: readonly StatusRow[] = [
  {
    name: "node0",
    status: sampleStatus(),
    before: sampleStatus({ uptimeMs: 89_500, appliedIndex: 700, cpuMs: 44_750 }),
    restarts: 0,
  },
  { name: "node1", status: leader, restarts: 12 },
  { name: "node2", note: "crashed", restarts: 3 },
  { name: "node3" },
];

test("the whole table", (t) => {
  t.is(
    renderStatusTable(rows),
    `\
NODE   ROLE       TERM  LEADER  COMMIT  APPLIED  LOG HASH  CMD/S  CPU  MEMORY  MAILBOX  REJECTS  PEERS     UP  RESTARTS
node0  follower      3       1    1200     1200  aaaaaaaa   1000  50%    200M      25%        3    2/3  1m30s         0
node1  leader        3       1    1290     1290  eeee          -  50%    200M      25%        3    2/3  1m30s        12
node2  crashed       -       -       -        -  -             -    -       -        -        -      -      -         3
node3  no answer     -       -       -        -  -             -    -       -        -        -      -      -         -`,
  );
});

test("on a narrow screen the columns of least use are left out", (t) => {
  t.is(
    renderStatusTable(rows, { width: 79 }),
    `\
NODE   ROLE       TERM  COMMIT  LOG HASH  CMD/S  CPU  MAILBOX  PEERS  RESTARTS
node0  follower      3    1200  aaaaaaaa   1000  50%      25%    2/3         0
node1  leader        3    1290  eeee          -  50%      25%    2/3        12
node2  crashed       -       -  -             -    -        -      -         3
node3  no answer     -       -  -             -    -        -      -         -`,
  );
  t.is(
    renderStatusTable(rows, { width: 10 }),
    "NODE   ROLE       COMMIT\nnode0  follower     1200\nnode1  leader       1290\nnode2  crashed         -\nnode3  no answer       -",
  );
});

test("a table never is wider than the screen, down to the columns that stay", (t) => {
  for (let width = 24; width < 125; width++) {
    const widest = Math.max(
      ...renderStatusTable(rows, { width })
        .split("\n")
        .map((line) => line.length),
    );
    t.true(widest <= width, `${widest} > ${width}`);
  }
  const whole = renderStatusTable(rows);
  const width = Math.max(...whole.split("\n").map((line) => line.length));
  t.is(renderStatusTable(rows, { width }), whole);
  t.not(renderStatusTable(rows, { width: width - 1 }), whole);
});

test("colours: the title, each role, and a node that does not answer", (t) => {
  const candidate = { name: "c", status: sampleStatus({ name: "c", role: "candidate" }) };
  const starts = renderStatusTable([...rows, candidate], { colour: true })
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("m") + 1), line.endsWith("\u001b[0m")]);
  t.deepEqual(
    starts,
    [1, 32, 34, 31, 31, 33].map((code) => [`\u001b[${code}m`, true]),
  );
  t.false(renderStatusTable(rows).includes("\u001b"));
});

test("equal indices with different hashes are told below the table, different indices are not", (t) => {
  const other = sampleStatus({ name: "node1", logHash: "99999999aaaa", stateHash: "88888888aaaa" });
  const lines = (status: typeof other) =>
    renderStatusTable([
      { name: "node0", status: sampleStatus() },
      { name: "node1", status },
    ])
      .split("\n")
      .slice(3);
  t.deepEqual(lines(other), [
    "DIFFERENT LOGS at index 1200: node0 aaaaaaaa, node1 99999999",
    "DIFFERENT STATES at index 1200: node0 cccccccc, node1 88888888",
  ]);
  t.deepEqual(lines({ ...other, commitIndex: 1199, appliedIndex: 1199 }), []);
  t.deepEqual(lines(sampleStatus({ name: "node1" })), []);
});

test("what a node tells cannot steer the terminal", (t) => {
  const status = sampleStatus({ logHash: "\u001b[2J\u0007ab\ncd", role: "leader" });
  const text = renderStatusTable([{ name: "no\u001b[31mde\u009b0\r", status }]);
  t.is(text.split("\n").length, 2);
  t.notRegex(text.replaceAll("\n", ""), /\p{Cc}/u);
});

test("rates are of the time between two statuses of one process, by its own clock", (t) => {
  const now = sampleStatus();
  t.is(throughput(undefined, now), undefined);
  t.is(throughput(sampleStatus({ uptimeMs: 88_000, appliedIndex: 1000 }), now), 100);
  t.is(throughput(sampleStatus({ uptimeMs: 80_000, pid: 99, appliedIndex: 1000 }), now), undefined, "started anew");
  t.is(throughput(now, now), undefined, "no time between them");
  t.is(cpuPercent(undefined, now), 50, "of its whole life");
  t.is(cpuPercent(sampleStatus({ uptimeMs: 88_000, cpuMs: 42_000 }), now), 150);
  t.is(cpuPercent(sampleStatus({ uptimeMs: 80_000, cpuMs: 0, pid: 99 }), now), 50, "started anew");
});

test("times are told in two units, empty mailboxes and no peers as such", (t) => {
  const cells = (changes: Parameters<typeof sampleStatus>[0]) => {
    const [, row = ""] = renderStatusTable([{ name: "n", status: sampleStatus(changes) }]).split("\n");
    return row.split(/ +/);
  };
  const up = (uptimeMs: number) => cells({ uptimeMs })[13];
  t.deepEqual([0, 59_999, 60_000, 3_599_999, 3_600_000, 360_000_000].map(up), [
    "0s",
    "59s",
    "1m00s",
    "59m59s",
    "1h00m",
    "100h00m",
  ]);
  t.is(cells({ mailboxes: {} })[10], "0%");
  t.is(cells({ mailboxes: { a: { depth: 3, max: 0 } } })[10], "0%");
  t.is(cells({ peers: [] })[12], "0/0");
  t.is(cells({ leader: null })[3], "-");
});
