import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type ClientConfig, readClientConfig, renderClientConfig } from "../../cluster/client-config.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const head = '[client]\nid = 0\nname = "client0"\n';
const node = (id: number, url: string) => `[[node]]\nid = ${id}\nurl = "${url}"\n`;

test("what is rendered reads back equal", (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "config.toml");
  const config: ClientConfig = {
    client: { id: 4_294_967_295, name: "c.1_-", genesis: join(folder, "g"), key: join(folder, "k") },
    nodes: [
      { id: 0, url: "tls+tcp://[::1]:65535" },
      { id: 1, url: "ipc:///tmp/x.sock" },
    ],
    tls: { cert: join(folder, "c"), key: join(folder, "t"), ca: join(folder, "a") },
  };
  writeFileSync(file, renderClientConfig(config));
  t.deepEqual(accepted(readClientConfig(file, {}, {})), config);
});

test("paths are of the file's folder, and variables of a node do not matter to a client", (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "config.toml");
  writeFileSync(file, head + node(0, "tcp://h:1"));
  const { client } = accepted(readClientConfig(file, { JUNO_LOG_LEVEL: "loud", JUNO_NODE_ID: "x" }, {}));
  t.is(client.key, join(folder, "key.pem"));
  t.is(client.genesis, join(folder, "..", "genesis.json"));
});

const flaws: readonly (readonly [string, string, string])[] = [
  ["no nodes", head, "[node] url: must be there at least once; write [[node]] with id and url"],
  [
    "two nodes with one id",
    head + node(0, "tcp://h:1") + node(0, "tcp://h:2"),
    "[[node]] number 2: id: must have another id than the items before; is 0",
  ],
  [
    "two nodes with one address",
    head + node(0, "tcp://h:1") + node(1, "tcp://h:1"),
    "[[node]] number 2: url: must have another url than the items before; is",
  ],
  [
    "an address nobody can dial",
    head + node(0, "tcp://0.0.0.0:1"),
    "[[node]] number 1: url: nobody can dial 0.0.0.0; write the address of that machine; is",
  ],
  [
    "a port nobody can dial",
    head + node(0, "tcp://h:0"),
    "[[node]] number 1: url: nobody can dial port 0; write the port it listens on; is",
  ],
  [
    "encrypted links without [tls]",
    head + node(0, "tls+tcp://h:1"),
    "[[node]] number 1: url: needs a certificate; add the section [tls]",
  ],
  [
    "an id above 32 bits",
    head.replace("id = 0", "id = 4294967296") + node(0, "tcp://h:1"),
    "[client] id: must be a whole number from 0 to 4294967295; is 4294967296",
  ],
  ["a section of a node", `${head}[consensus]\n`, "[consensus]: unknown section; known are client, node, tls"],
];

for (const [what, text, expected] of flaws) {
  test(`${what}: refused`, (t) => {
    const file = join(temporaryFolder(t), "config.toml");
    writeFileSync(file, text);
    const reason = reasonOf(readClientConfig(file, {}, {}));
    t.true(reason.includes(`${file}: ${expected}`), reason);
  });
}

test("no file: one line with the mend", (t) => {
  const file = join(temporaryFolder(t), "config.toml");
  t.is(
    reasonOf(readClientConfig(file, {}, {})),
    `${file}: there is no such file or folder; correct the path, or make a cluster with juno init`,
  );
});
