import { once } from "node:events";
import { createServer } from "node:net";
import test from "ava";
import { freePorts } from "../../cluster/free-ports.ts";

test("as many different ports as asked for, which can be listened on at once", async (t) => {
  const ports = await freePorts(40, "127.0.0.1");
  t.is(new Set(ports).size, 40);
  const servers = await Promise.all(
    ports.map(async (port) => {
      const server = createServer();
      server.listen({ port, host: "127.0.0.1" });
      await once(server, "listening");
      return server;
    }),
  );
  t.is(servers.length, 40);
  for (const server of servers) server.close();
});

test("none are none", async (t) => t.deepEqual(await freePorts(0, "no host at all"), []));

test("an address of another machine is refused in one line", async (t) => {
  await t.throwsAsync(freePorts(2, "192.0.2.1"), {
    message: "nobody can listen there (EADDRNOTAVAIL); give an address of this machine",
  });
});
