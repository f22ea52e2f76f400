import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Address } from "../../../cluster/nng/address.ts";
import { ipcPathBytesMax } from "../../../cluster/nng/ipc-path.ts";
import { type Listener, listen } from "../../../cluster/nng/listener.ts";
import { address, ipv6Urls, limits, rawPeer, temporaryFolder } from "./setting.ts";

async function open(t: ExecutionContext, at: Address): Promise<Listener> {
  const listener = await listen({ address: at, protocol: "pull", limits, onFrame: () => undefined });
  t.teardown(() => listener.close());
  return listener;
}

async function refusal(t: ExecutionContext, at: Address): Promise<string> {
  const error = await t.throwsAsync(open(t, at));
  t.false(error.message.includes("\n"), "one line");
  return error.message;
}

test("port 0 becomes a real port, on IPv4 and IPv6", async (t) => {
  for (const url of ["tcp://127.0.0.1:0", "tcp://localhost:0", ...ipv6Urls]) {
    const { address: bound } = await open(t, address(url));
    if (bound.scheme === "ipc") return t.fail();
    t.true(bound.port > 0);
    await t.notThrowsAsync(rawPeer(t, bound));
  }
});

test("a taken port is named, with the mend", async (t) => {
  const { address: taken } = await open(t, address("tcp://127.0.0.1:0"));
  t.regex(await refusal(t, taken), /^cannot listen on tcp:\/\/127\.0\.0\.1:\d+: the port is taken; stop .* or choose/);
});

test("an address of another machine is named, with the mend", async (t) => {
  t.regex(await refusal(t, address("tcp://192.0.2.1:0")), /192\.0\.2\.1:0: this machine has no such address; write/);
});

test("a host name that does not exist is named, with the mend", async (t) => {
  t.regex(await refusal(t, address("tcp://no-such-host.invalid:0")), /does not resolve.*IP address/);
});

test("a socket path may be as long as the system allows, and no longer", async (t) => {
  const folder = temporaryFolder(t);
  const path = (bytes: number) => address(`ipc://${folder}/${"x".repeat(bytes - folder.length - 1)}`);
  await open(t, path(ipcPathBytesMax));
  t.true(existsSync(join(folder, "x".repeat(ipcPathBytesMax - folder.length - 1))), "not cut off");
  t.regex(await refusal(t, path(ipcPathBytesMax + 1)), /longer than \d+ bytes; choose a shorter one/);
});

test("a missing folder is named, with the mend", async (t) => {
  const folder = temporaryFolder(t);
  t.regex(await refusal(t, address(`ipc://${folder}/none/n.sock`)), /the folder .*none does not exist; make it/);
});

test("the socket file of a killed process is removed, and close removes ours", async (t) => {
  const path = join(temporaryFolder(t), "n.sock");
  const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const alive = await refusal(t, address(`ipc://${path}`));
  t.regex(alive, /another process listens there; stop it or choose another path/);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  t.true(existsSync(path), "the dead process left its socket file");
  const listener = await open(t, address(`ipc://${path}`));
  await t.notThrowsAsync(rawPeer(t, listener.address));
  await listener.close();
  t.false(existsSync(path));
});

test("a file that is no socket is never removed", async (t) => {
  const path = join(temporaryFolder(t), "precious");
  writeFileSync(path, "data");
  t.regex(await refusal(t, address(`ipc://${path}`)), /a file that is no socket lies there; move it/);
  t.is(readFileSync(path, "utf8"), "data");
});

test("a failed bind leaves nothing behind on the address", async (t) => {
  const path = join(temporaryFolder(t), "n.sock");
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once("listening", resolve));
  await refusal(t, address(`ipc://${path}`));
  await t.notThrowsAsync(rawPeer(t, address(`ipc://${path}`)), "the owner still listens");
  server.close();
});
