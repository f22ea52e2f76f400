/** B31 with real processes: a node whose store is an old backup ends once its peers show it what it has signed since. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { eventually, makeCluster } from "../e2e/cluster-processes.ts";

test("a node that goes on from an old backup of its store ends, and says why", async (t) => {
  t.timeout(240_000);
  const cluster = await makeCluster(4);
  t.teardown(cluster.dispose);
  const { layout } = cluster;
  const data = join(layout.nodes[2]?.dir ?? "", "data");
  const backup = join(layout.dir, "backup");
  // Three of four are a quorum that needs each of them: its name is in every certificate.
  for (const node of [0, 1, 2]) cluster.start(node);
  await cluster.leader();
  const client = await cluster.client();
  t.teardown(() => client.close());
  await client.send("CreateAccount a");
  await cluster.end(2, "SIGTERM");
  cpSync(data, backup, { recursive: true });
  cluster.start(2);
  for (const amount of [1, 2, 3]) await client.send(`AdjustAccount a ${amount}`);
  await cluster.end(2, "SIGTERM");
  rmSync(data, { recursive: true });
  cpSync(backup, data, { recursive: true });
  const { exited } = cluster.start(2);
  const code = await eventually("the end of the node", () => Promise.race([exited, wait()]));
  t.is(code, 1);
  t.regex(cluster.processes[2]?.output ?? "", /the store is older than what this node has signed: peers have its /);
});

function wait(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 100, undefined));
}
