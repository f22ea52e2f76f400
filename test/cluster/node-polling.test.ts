import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { type Closable, controlPath, serveControl } from "../../cluster/control.ts";
import { poll, type Watched } from "../../cluster/node-polling.ts";
import { supervise } from "../../cluster/supervisor.ts";
import { waitUntil } from "./nng/wait-until.ts";
import { sampleStatus } from "./sample-status.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A process that runs until the test is over, and beside it the control socket it is asked by. */
function node(t: ExecutionContext): Watched {
  const command = {
    args: ["-e", "setInterval(() => undefined, 1000)"],
    env: process.env,
    backOff: { firstMs: 60_000, maxMs: 60_000, recoveredMs: 60_000 },
    stopMs: 1000,
  };
  const supervisor = supervise(command, { onLine: () => undefined, onCrash: () => undefined, onGone: () => undefined });
  t.teardown(async () => {
    supervisor.kill();
    await supervisor.down;
  });
  return { name: "node0", dataFolder: temporaryFolder(t), supervisor, status: undefined, before: undefined };
}

async function serve(t: ExecutionContext, { dataFolder }: Watched, status: () => Promise<object>): Promise<Closable> {
  const control = await serveControl(controlPath(dataFolder), status);
  t.teardown(control.close);
  return control;
}

test("each round keeps the last two answers; a node that stops to answer has none", async (t) => {
  const one = node(t);
  let term = 0;
  const control = await serve(t, one, async () => sampleStatus({ term: ++term }));
  const seen: (readonly [number | undefined, number | undefined])[] = [];
  const polling = poll([one], 30, () => seen.push([one.before?.term, one.status?.term]));
  await waitUntil("two answers in a row", () => one.before !== undefined && one.status !== undefined);
  // A busy machine may miss a round: then there is no answer of that round.
  for (const [round, [before, now]] of seen.entries()) {
    t.is(before, seen[round - 1]?.[1]);
    t.true(now === undefined || now > (before ?? 0));
  }
  await control.close();
  await waitUntil("it is missed", () => one.status === undefined && one.before === undefined);
  await polling.end();
  const rounds = seen.length;
  await sleep(100);
  t.is(seen.length, rounds, "no round after the end");
});

test("one that hangs costs the others no more than one round's time", async (t) => {
  const [slow, quick] = [node(t), node(t)];
  await serve(t, slow, () => new Promise(() => undefined));
  await serve(t, quick, async () => sampleStatus());
  let rounds = 0;
  const polling = poll([slow, quick], 200, () => rounds++);
  await waitUntil("two rounds and an answer", () => rounds >= 2 && quick.status !== undefined);
  t.is(slow.status, undefined);
  await polling.end();
});

test("a node that is down is not asked, though something answers there", async (t) => {
  const one = node(t);
  let asked = 0;
  await serve(t, one, async () => {
    asked++;
    return sampleStatus();
  });
  one.supervisor.kill();
  await one.supervisor.down;
  let rounds = 0;
  const polling = poll([one], 20, () => rounds++);
  await waitUntil("three rounds", () => rounds >= 3);
  await polling.end();
  t.deepEqual([asked, one.status], [0, undefined]);
});

test("the end does not wait for the pause between rounds", async (t) => {
  const polling = poll([], 60_000, () => undefined);
  const began = performance.now();
  await polling.end();
  t.true(performance.now() - began < 5000);
});
