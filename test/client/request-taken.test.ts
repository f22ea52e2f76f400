/** Two processes with one client's key and a clock that stands still: they use the same numbers. */
import test from "ava";
import { connect } from "../../client/client.ts";
import { RequestTaken, StillPending } from "../../client/job.ts";
import { decodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { startTestCluster, testClient } from "./test-cluster.ts";

Date.now = () => 1_000_000;

test("who comes second is told that the number is taken, and believes no other command's outcome", async (t) => {
  const cluster = await startTestCluster(["honest", "honest", "honest", "lying"]);
  const { genesis, urls } = cluster;
  const dial = () => connect({ genesis, urls, client: testClient, secretSeed: cluster.clientKey.secretSeed });
  const first = await dial();
  await first.send("CreateAccount a");
  await first.send("AdjustAccount a 5");
  const second = await dial();
  t.teardown(async () => {
    await Promise.all([first.close(), second.close()]);
    await cluster.close();
  });
  const error = await t.throwsAsync(second.send("CreateAccount b"), { instanceOf: RequestTaken });
  t.regex(error?.message ?? "", /^request 1000000000 of this client is another command already/);
  for (const given of await Promise.allSettled(second.sendBatch(["CreateAccount c", "CreateAccount d"]))) {
    const reason = given.status === "rejected" ? given.reason : undefined;
    t.true(reason instanceof StillPending && reason.cause instanceof RequestTaken);
  }
  // Its numbers have come past the first one's.
  const { outcome } = await second.send("CreateAccount e");
  const decoded = decodeOutcome(outcome);
  t.true(decoded.ok && decoded.outcome.ok);
});
