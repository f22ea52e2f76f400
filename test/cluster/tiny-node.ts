/**
 * Stands in for `juno start --config FILE` under the launcher, since no real node crashes or hangs when asked to: tells a
 * status on its control socket, and does what TINY_NODE says.
 */
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { controlPath, serveControl } from "../../cluster/control.ts";
import { listenToStopSignals } from "../../cluster/stop-signals.ts";
import { sampleStatus } from "./sample-status.ts";

const config = process.argv[4] ?? "";
const name = basename(dirname(config));
const data = join(dirname(config), "data");
const task = process.env.TINY_NODE ?? "";
const signals = listenToStopSignals();

mkdirSync(data, { recursive: true });
const control = await serveControl(controlPath(data), async () =>
  sampleStatus({ name, pid: process.pid, role: name === "node0" ? "leader" : "follower" }),
);
process.stdout.write(`${JSON.stringify({ level: 30, time: 1, node: name, msg: "ready" })}\n`);
process.stderr.write(`${process.argv.slice(2, 4).join(" ")}, process ${process.pid}\n`);
if (task === "crash" && name === "node1") process.exit(3);
if (task === "misconfigured" && name === "node1") process.exit(2);
if (task === "leave") process.exit(0);
signals.stop.addEventListener("abort", () => {
  process.stderr.write("stops\n");
  if (task === "hang") return;
  void control.close().then(() => process.exit(task === "fail" ? 1 : 0));
});
