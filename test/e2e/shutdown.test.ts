/** How a running cluster ends when it is asked to: in time, in order, under load, and so that it can be started again. */
import test from "ava";
import type { JunoClient } from "../../client/client.ts";
import { decodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { eventually, makeCluster, type NodeProcess, type TestCluster } from "./cluster-processes.ts";

let cluster: TestCluster;
let client: JunoClient;
const all = [0, 1, 2, 3];
/** What a node promises, from the signal to the end of its process. */
const stopMsMax = 2_000;
const actors = ["receiver", "consensus", "log", "commit-tracker", "applier", "sender"];

test.before(async () => {
  cluster = await makeCluster(4);
  for (const node of all) cluster.start(node);
  await cluster.leader();
  client = await cluster.client();
  for (const command of ["CreateAccount Acct1", "CreateAccount Acct2", "AdjustAccount Acct1 100000%1"])
    await client.send(command);
});

test.after.always(async () => {
  await client?.close();
  await cluster?.dispose();
});

type Ended = { readonly code: number | null; readonly tookMs: number; readonly pid: number };

async function timedEnd(node: number, signal: NodeJS.Signals): Promise<Ended> {
  const pid = processOf(node).child.pid ?? 0;
  const began = performance.now();
  const code = await cluster.end(node, signal);
  return { code, tookMs: performance.now() - began, pid };
}

function processOf(node: number): NodeProcess {
  const running = cluster.processes[node];
  if (running === undefined) throw new Error(`node ${node} does not run`);
  return running;
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Transfers without end, one command a message; the promise resolves with how many took effect. */
function flood(): { readonly confirmed: () => number; readonly end: () => Promise<number> } {
  let ended = false;
  let confirmed = 0;
  const one = "transfer(Acct1->Acct2, 1%1)";
  const rounds = (async () => {
    while (!ended) {
      await client.flood(
        Array.from({ length: 200 }, () => one),
        {
          batched: false,
          onReceipt: ({ outcome }) => {
            const decoded = decodeOutcome(outcome);
            if (decoded.ok && decoded.outcome.ok) confirmed++;
          },
        },
      );
    }
    return confirmed;
  })();
  return {
    confirmed: () => confirmed,
    end: () => {
      ended = true;
      return rounds;
    },
  };
}

const balance = async (): Promise<string> => {
  const decoded = decodeOutcome((await client.send("ObserveAccount Acct2")).outcome);
  return decoded.ok ? decoded.outcome.text : decoded.reason;
};

let transferred = 0;

for (const role of ["follower", "leader"] as const) {
  test.serial(`SIGTERM to the ${role} under a flood: ends with 0 in time, and nothing is lost`, async (t) => {
    const leader = await cluster.leader();
    const node = role === "leader" ? leader : (leader + 1) % 4;
    const flooding = flood();
    await eventually("the flood", async () => (flooding.confirmed() > 200 ? true : undefined));
    const { code, tookMs, pid } = await timedEnd(node, "SIGTERM");
    t.is(code, 0);
    t.true(tookMs < stopMsMax, `${tookMs} ms`);
    t.log(`${tookMs.toFixed(0)} ms`);
    t.false(alive(pid));
    const before = flooding.confirmed();
    await eventually("the flood to go on", async () => (flooding.confirmed() > before + 200 ? true : undefined));
    transferred += await flooding.end();
    t.is(await balance(), `Just (${transferred} % 1)`);
    cluster.start(node);
    await cluster.agreement();
  });
}

test.serial(
  "SIGUSR2 tells each mailbox' depth and each actor's counters, on every node, and the node runs on",
  async (t) => {
    for (const node of all) {
      const running = processOf(node);
      running.child.kill("SIGUSR2");
      const line = await eventually("the report", async () =>
        running.output.split("\n").find((text) => text.includes('"mailboxes"') && text.endsWith("}")),
      );
      const { status } = JSON.parse(line);
      t.is(status.name, `node${node}`);
      for (const actor of actors) {
        const { depth, max } = status.mailboxes[actor];
        t.true(Number.isInteger(depth) && depth >= 0 && depth <= max && max > 0, `${actor}: ${depth} of ${max}`);
        t.is(typeof status.counters[actor], "object", actor);
      }
      t.true(status.counters.applier.applied >= transferred, "its own counters, of this life");
      t.is((await cluster.status(node))?.pid, running.child.pid);
    }
  },
);

test.serial("SIGINT to all under a flood: each ends with 0 in time, and none is left", async (t) => {
  const flooding = flood();
  await eventually("the flood", async () => (flooding.confirmed() > 200 ? true : undefined));
  const ends = await Promise.all(all.map((node) => timedEnd(node, "SIGINT")));
  t.deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0, 0],
  );
  for (const { tookMs } of ends) t.true(tookMs < stopMsMax, `${tookMs} ms`);
  t.log(ends.map(({ tookMs }) => `${tookMs.toFixed(0)} ms`).join(", "));
  t.deepEqual(
    ends.map(({ pid }) => alive(pid)),
    [false, false, false, false],
  );

  for (const node of all) cluster.start(node);
  // What was under way when all stopped is sent again, and takes effect once.
  transferred += await flooding.end();
  t.is(await balance(), `Just (${transferred} % 1)`);
  await cluster.agreement();
});

test.serial("an idle cluster ends as soon", async (t) => {
  const ends = await Promise.all(all.map((node) => timedEnd(node, "SIGTERM")));
  t.deepEqual(
    ends.map(({ code }) => code),
    [0, 0, 0, 0],
  );
  for (const { tookMs } of ends) t.true(tookMs < stopMsMax, `${tookMs} ms`);
  t.log(ends.map(({ tookMs }) => `${tookMs.toFixed(0)} ms`).join(", "));
});
