import { renameSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readClientConfig } from "../../cluster/client-config.ts";
import { readNodeConfig } from "../../cluster/config.ts";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { readClientIdentity, readNodeIdentity } from "../../cluster/identity.ts";
import { initCluster } from "../../cluster/init.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

async function made(t: ExecutionContext) {
  const dir = temporaryFolder(t);
  const layout = accepted(await initCluster({ dir, nodes: 4, clients: 2, basePort: 13_000 }));
  const node = accepted(readNodeConfig(layout.nodes[1]?.config ?? "", {}, {}));
  const client = accepted(readClientConfig(layout.clients[1]?.config ?? "", {}, {}));
  const founding = accepted(readGenesisFile(layout.genesis));
  return { dir, layout, node, client, founding };
}

test("a node and a client have the key that the genesis gives them, and its cluster id", async (t) => {
  const { node, client, founding } = await made(t);
  const [itsNode, itsClient] = [accepted(readNodeIdentity(node)), accepted(readClientIdentity(client))];
  t.deepEqual(itsNode.publicKey, founding.genesis.validators[1]?.publicKey);
  t.deepEqual(itsClient.publicKey, founding.genesis.clients[1]?.publicKey);
  t.deepEqual([itsNode.clusterId, itsClient.clusterId], [founding.clusterId, founding.clusterId]);
});

test("an id that the genesis does not have, and another's name", async (t) => {
  const { node, client, layout } = await made(t);
  t.is(
    reasonOf(readNodeIdentity({ ...node, node: { ...node.node, id: 4 } })),
    `[node] id: 4 is not in ${layout.genesis}; must be one of 0, 1, 2, 3`,
  );
  t.is(
    reasonOf(readNodeIdentity({ ...node, node: { ...node.node, name: "node2" } })),
    `[node] name: must be "node1" as in ${layout.genesis}; is "node2"`,
  );
  t.is(
    reasonOf(readClientIdentity({ ...client, client: { ...client.client, id: 9 } })),
    `[client] id: 9 is not in ${layout.genesis}; must be one of 0, 1`,
  );
});

test("two nodes with their keys exchanged are refused, with both public keys and no secret", async (t) => {
  const { dir, node, founding } = await made(t);
  const [zero, one, spare] = ["node0/key.pem", "node1/key.pem", "spare"].map((name) => join(dir, name));
  renameSync(one ?? "", spare ?? "");
  renameSync(zero ?? "", one ?? "");
  renameSync(spare ?? "", zero ?? "");
  const [have, want] = [0, 1].map((i) => Buffer.from(founding.genesis.validators[i]?.publicKey ?? []).toString("hex"));
  t.is(
    reasonOf(readNodeIdentity(node)),
    `[node] key: ${one} has public key ${have}; the genesis has ${want} for node1; give that key`,
  );
});

test("the peers must be all the other validators", async (t) => {
  const { node } = await made(t);
  const [first, ...rest] = node.peers;
  t.is(reasonOf(readNodeIdentity({ ...node, peers: rest })), "[[peer]]: node0 is missing; add an item with id = 0");
  const url = first?.url ?? "";
  t.is(
    reasonOf(readNodeIdentity({ ...node, peers: [...node.peers, { id: 4, url }] })),
    "[[peer]] id: the genesis has no other validator 4; take the item out",
  );
});

test("a client may know some of the nodes, but no strangers", async (t) => {
  const { client } = await made(t);
  t.true(readClientIdentity({ ...client, nodes: client.nodes.slice(1) }).ok);
  t.is(
    reasonOf(readClientIdentity({ ...client, nodes: [{ id: 8, url: "tcp://h:1" }] })),
    "[[node]] id: the genesis has no other validator 8; take the item out",
  );
});
