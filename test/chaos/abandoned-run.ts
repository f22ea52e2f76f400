/** A run that is abandoned in the middle: starts nodes, stops one of them by SIGSTOP, tells their ids, and waits. */
import { makeChaosCluster } from "./chaos-cluster.ts";
import { seeded } from "./seeded.ts";

const chaos = await makeChaosCluster(2, 1, seeded(1));
chaos.start(0);
chaos.start(1);
chaos.pause(1);
const pids = chaos.cluster.processes.map((one) => one?.child.pid);
process.stdout.write(`${JSON.stringify({ pids, dir: chaos.cluster.layout.dir })}\n`);
setInterval(() => undefined, 1_000);
