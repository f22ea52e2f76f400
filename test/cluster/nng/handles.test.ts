/** A process that used every part and closed it ends by itself: nothing keeps it alive. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { temporaryFolder } from "./setting.ts";

const part = (name: string) => JSON.stringify(new URL(`../../../cluster/nng/${name}.ts`, import.meta.url).href);

test("after close nothing keeps the process alive, with peers present, absent, silent and paused", async (t) => {
  const program = `
    import { connect } from "node:net";
    import { dial } from ${part("dialer")};
    import { listen } from ${part("listener")};
    const limits = { connectionsMax: 9, handshakeMs: 60_000, frameMs: 60_000, frameBytesMax: 1000, queueBytesMax: 1e6, queueFramesMax: 100 };
    const backoffMs = { min: 30_000, max: 60_000 };
    const base = { protocol: "pair0", limits, backoffMs };
    const heard = Promise.withResolvers();
    const listener = await listen({ ...base, address: { scheme: "tcp", host: "127.0.0.1", port: 0 }, onFrame: (connection) => {
      connection.pause();
      heard.resolve();
    } });
    const present = dial({ ...base, address: listener.address });
    const absent = dial({ ...base, address: { scheme: "ipc", path: process.argv[1] + "/absent.sock" } });
    const silent = connect({ port: listener.address.port, host: "127.0.0.1" });
    silent.on("error", () => undefined).resume();
    present.send(Buffer.from("a"));
    absent.send(Buffer.from("b"));
    await heard.promise;
    present.send(Buffer.from("c"));
    const other = await listen({ ...base, address: { scheme: "tcp", host: "127.0.0.1", port: 0 }, onFrame: () => undefined });
    const drained = dial({ ...base, address: other.address });
    drained.send(Buffer.from("d"));
    await drained.close(60_000);
    await other.close();
    await Promise.all([present.close(100), absent.close(100), listener.close()]);
    if (!silent.closed) await new Promise((resolve) => silent.once("close", resolve));
    const left = process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Immediate/.test(name));
    console.log(left.join() || "nothing");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, temporaryFolder(t)], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  t.is(output, "nothing\n");
  t.is(code, 0);
});
