/** Bytes that change on the way: a node ends the connection that brought them, is dialed again, and takes nothing wrong. */
import test from "ava";
import { eventually } from "../e2e/cluster-processes.ts";
import { makeChaosCluster } from "./chaos-cluster.ts";
import { judge } from "./judge.ts";
import { clear } from "./link-proxy.ts";
import { startLoad } from "./load.ts";
import { seeded } from "./seeded.ts";

/** A changed length may make a node wait for a frame that never becomes whole, 30 s at most. */
const noticedMsMax = 90_000;

test("a corrupted connection is ended and opened anew, and no command changes on the way", async (t) => {
  t.timeout(240_000);
  const chaos = await makeChaosCluster(1, 1, seeded(5, "links"));
  t.teardown(() => chaos.dispose());
  chaos.start(0);
  await chaos.cluster.leader();
  const client = await chaos.cluster.client(0);
  t.teardown(() => client.close());
  const work = { random: seeded(5, "load"), groups: 2, patienceMs: 120_000, restMs: 5 };
  const load = startLoad({ clients: [client], processes: 4, ...work });
  const served = async (more: number): Promise<void> => {
    const wanted = load.acknowledged() + more;
    await eventually("answers", async () => (load.acknowledged() >= wanted ? true : undefined), noticedMsMax);
  };
  await served(50);
  const link = chaos.clientLink(0, 0);
  for (const way of ["up", "down"] as const) {
    const before = link.stats();
    link.setWeather(way, { kind: "corrupt", probability: 0.1 });
    const corrupted = async () => (link.stats().corruptedChunks >= before.corruptedChunks + 5 ? true : undefined);
    await eventually("five corrupted chunks", corrupted, noticedMsMax);
    link.setWeather(way, clear);
    if (way === "up") {
      const { spoilt } = link.stats();
      const ended = async () => (link.stats().spoiltEnded >= spoilt ? true : undefined);
      await eventually("the end of all connections that were corrupted", ended, noticedMsMax);
      t.true(link.stats().accepted > before.accepted);
    }
    // An answer that was changed is asked for again; the connection may stay, its frames are whole.
    await served(50);
  }
  const history = await load.end();
  await client.close();
  const { flaws } = await judge(chaos, history);
  t.deepEqual(flaws, []);
  t.log(JSON.stringify({ ...link.stats(), rejected: client.status().rejected }));
});
