import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { controlPath, readControl, serveControl } from "../../cluster/control.ts";
import { checkStatus, readStatus } from "../../cluster/status-shape.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { sampleStatus } from "./sample-status.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function served(t: ExecutionContext, status: () => Promise<object>): Promise<{ folder: string; path: string }> {
  const folder = temporaryFolder(t);
  const path = controlPath(folder);
  const control = await serveControl(path, status);
  t.teardown(control.close);
  return { folder, path };
}

/** Serves a socket that answers as `answer` does. */
async function listening(
  t: ExecutionContext,
  answer: (socket: Socket) => void,
): Promise<{ folder: string; path: string }> {
  const folder = temporaryFolder(t);
  const path = controlPath(folder);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    answer(socket);
  });
  server.listen({ path });
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { folder, path };
}

test("a status comes as it was sent, and only its owner may ask", async (t) => {
  const { folder, path } = await served(t, async () => sampleStatus());
  t.deepEqual(accepted(await readStatus(folder, 5000)), sampleStatus());
  t.is(statSync(path).mode & 0o777, 0o600);
});

test("two ask at once, and twenty: each gets the whole document", async (t) => {
  let asked = 0;
  const long = sampleStatus({ name: "n".repeat(300_000) });
  const { folder } = await served(t, async () => {
    asked++;
    await sleep(50);
    return long;
  });
  for (const count of [2, 20]) {
    asked = 0;
    const answers = await Promise.all(Array.from({ length: count }, () => readStatus(folder, 8000)));
    t.is(asked, count);
    for (const answer of answers) t.deepEqual(accepted(answer), long);
  }
});

test("garbage from a reader is thrown away, and the next reader is served", async (t) => {
  const { folder, path } = await served(t, async () => sampleStatus());
  const garbage = connect({ path });
  garbage.on("error", () => undefined);
  garbage.write(Buffer.alloc(300_000, 0xff));
  const parts: Buffer[] = [];
  garbage.on("data", (part: Buffer) => parts.push(part));
  await once(garbage, "close");
  t.deepEqual(JSON.parse(Buffer.concat(parts).toString()), sampleStatus());
  // One that only connects and goes away again.
  for (let i = 0; i < 40; i++)
    connect({ path })
      .on("error", () => undefined)
      .destroy();
  await sleep(50);
  t.true((await readStatus(folder, 5000)).ok);
});

test("a status that fails is told to the reader, who is not left waiting", async (t) => {
  const { folder, path } = await served(t, async () => {
    throw new Error("the log actor does not answer");
  });
  t.is(reasonOf(await readStatus(folder, 5000)), `${path}: the log actor does not answer`);
});

test("a node that hangs: the reader gives up in time and says so", async (t) => {
  const { folder, path } = await served(t, () => new Promise(() => undefined));
  const began = performance.now();
  t.is(reasonOf(await readStatus(folder, 200)), `${path}: no answer within 200 ms; the node is too busy or hangs`);
  const took = performance.now() - began;
  t.true(took >= 195 && took < 4000, `${took}`);
});

test("closing ends readers who wait, takes the socket away, and may be done twice", async (t) => {
  const folder = temporaryFolder(t);
  const path = controlPath(folder);
  const control = await serveControl(path, () => new Promise(() => undefined));
  const waiting = readStatus(folder, 8000);
  await sleep(100);
  const began = performance.now();
  await Promise.all([control.close(), control.close()]);
  t.true(performance.now() - began < 4000, "it does not wait until the reader gives up");
  t.is(reasonOf(await waiting), `${path}: the answer was cut off; the node has stopped meanwhile`);
  t.false(existsSync(path));
  t.is(reasonOf(await readStatus(folder, 1000)), `${path}: no node runs there; start it with juno start`);
});

test("a second start on one folder is refused while the first lives, and does not disturb it", async (t) => {
  const { folder, path } = await served(t, async () => sampleStatus());
  await t.throwsAsync(
    serveControl(path, async () => ({})),
    {
      message: `cannot listen on ipc://${path}: another process listens there; stop it or choose another path`,
    },
  );
  t.true((await readStatus(folder, 5000)).ok);
});

test("the socket of a process that was killed is told as dead, and replaced by the next start", async (t) => {
  const folder = temporaryFolder(t);
  const path = controlPath(folder);
  const script = "require('net').createServer().listen(process.argv[1], () => console.log('ready'))";
  const child = spawn(process.execPath, ["-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  t.true(statSync(path).isSocket());
  t.is(reasonOf(await readStatus(folder, 1000)), `${path}: no node runs there any more; start it with juno start`);
  const control = await serveControl(path, async () => sampleStatus());
  t.teardown(control.close);
  t.true((await readStatus(folder, 5000)).ok);
});

test("an ordinary file in its place is left as it is", async (t) => {
  const path = controlPath(temporaryFolder(t));
  writeFileSync(path, "mine");
  await t.throwsAsync(
    serveControl(path, async () => ({})),
    { message: /a file that is no socket lies there; move it/ },
  );
  t.true(statSync(path).isFile());
});

test("a folder whose name is too long for a socket is served and read all the same", async (t) => {
  const folder = join(temporaryFolder(t), "x".repeat(120));
  mkdirSync(folder);
  const control = await serveControl(controlPath(folder), async () => sampleStatus());
  t.teardown(control.close);
  t.true((await readStatus(folder, 5000)).ok);
});

const answers: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /: the answer was cut off; the node has stopped meanwhile$/],
  ["half a document", '{"name":"no', /: the answer was cut off; the node has stopped meanwhile$/],
  [
    "a document of another kind",
    '{"status":"ok"}',
    /: the answer is no node's status; use one version of Juno for all$/,
  ],
  ["null", "null", /: the answer is no node's status/],
  [
    "more than any status has",
    "x".repeat(4 * 1024 * 1024 + 1),
    /: more than 4194304 characters; that is no node's status$/,
  ],
];

for (const [what, text, expected] of answers) {
  test(`who answers ${what} is no node`, async (t) => {
    const { folder } = await listening(t, (socket) => socket.end(text));
    t.regex(reasonOf(await readStatus(folder, 8000)), expected);
  });
}

test("who closes in the middle is told as such", async (t) => {
  const { path } = await listening(t, (socket) => socket.write('{"name":', () => socket.destroy()));
  t.regex(reasonOf(await readControl(path, 8000)), /^\/.*: \S/);
});

test("a status has every key in its range; more keys are a newer node's", (t) => {
  const status = sampleStatus();
  t.true(checkStatus({ ...status, invented: 1 }).ok);
  t.true(checkStatus({ ...status, leader: null }).ok);
  for (const key of Object.keys(status)) {
    const { [key as keyof typeof status]: _, ...rest } = status;
    t.false(checkStatus(rest).ok, `without ${key}`);
    t.false(checkStatus({ ...status, [key]: [true] }).ok, `${key} of another type`);
  }
  for (const changes of [
    { role: "king" },
    { term: -1 },
    { mailboxes: { log: { depth: 1 } } },
    { peers: [{ id: 1 }] },
    { rejects: { a: "1" } },
  ]) {
    t.false(checkStatus({ ...status, ...changes }).ok, JSON.stringify(changes));
  }
});
