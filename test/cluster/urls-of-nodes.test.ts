import { join } from "node:path";
import test from "ava";
import { parseAddress } from "../../cluster/nng/address.ts";
import { pathTooLong } from "../../cluster/nng/ipc-path.ts";
import { urlsOfNodes } from "../../cluster/urls-of-nodes.ts";
import { accepted, reasonOf } from "./reason-of.ts";

const dir = "/tmp/juno";

test("ports count up from the base, for clients from 100 above", async (t) => {
  t.deepEqual(accepted(await urlsOfNodes({ nodes: 2, dir, host: "10.0.0.1", basePort: 10_000 })), [
    { peers: "tcp://10.0.0.1:10000", clients: "tcp://10.0.0.1:10100" },
    { peers: "tcp://10.0.0.1:10001", clients: "tcp://10.0.0.1:10101" },
  ]);
});

test("base 0 takes free ports, all of them different; an IPv6 host gets its brackets", async (t) => {
  const urls = accepted(await urlsOfNodes({ nodes: 32, dir, host: "::1", basePort: 0 })).flatMap((it) => [
    it.peers,
    it.clients,
  ]);
  t.is(new Set(urls).size, 64);
  for (const url of urls) t.regex(url, /^tcp:\/\/\[::1\]:[1-9]\d{3,4}$/);
});

test("the highest base that fits is taken, the next one not", async (t) => {
  const at = (basePort: number) => urlsOfNodes({ nodes: 32, dir, host: "localhost", basePort });
  t.is(accepted(await at(65_404))[31]?.clients, "tcp://localhost:65535");
  for (const basePort of [65_405, -1, 1.5, Number.NaN]) {
    t.is(
      reasonOf(await at(basePort)),
      `basePort: must be a whole number from 1 to 65404, or 0 for free ports; is ${basePort}`,
    );
  }
});

test("hosts nobody can dial, or that are none, are refused", async (t) => {
  const reason = async (host: string, basePort = 10_000) =>
    reasonOf(await urlsOfNodes({ nodes: 1, dir, host, basePort }));
  t.is(await reason("0.0.0.0"), "host: nobody can dial 0.0.0.0; give the address of this machine");
  t.is(await reason("::"), "host: nobody can dial ::; give the address of this machine");
  for (const host of ["", "a b", "http://h", "[::1]", "h:1"]) t.regex(await reason(host), /^host: .*: \S/, host);
  // TEST-NET-1: documentation only, so this machine cannot have it.
  t.regex(
    await reason("192.0.2.1", 0),
    /^host: 192\.0\.2\.1: nobody can listen there \(EADDRNOTAVAIL\); give an address of this machine$/,
  );
});

test("with ipc each node has two sockets in its folder, or short stand-ins where that path is too long", async (t) => {
  const ipc = (folder: string) => urlsOfNodes({ nodes: 2, dir: folder, transport: "ipc", host: "", basePort: 0 });
  t.deepEqual(accepted(await ipc(dir)), [
    { peers: "ipc:///tmp/juno/node0/peers.sock", clients: "ipc:///tmp/juno/node0/clients.sock" },
    { peers: "ipc:///tmp/juno/node1/peers.sock", clients: "ipc:///tmp/juno/node1/clients.sock" },
  ]);
  const long = accepted(await ipc(join(dir, "x".repeat(120)))).flatMap((it) => [it.peers, it.clients]);
  t.is(new Set(long).size, 4);
  for (const url of long) {
    const parsed = parseAddress(url);
    t.true(parsed.ok && parsed.address.scheme === "ipc" && !pathTooLong(parsed.address.path), url);
  }
});
