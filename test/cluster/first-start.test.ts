import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { readNodeConfig } from "../../cluster/config.ts";
import { endFirstStart, mayStartEmpty, permitFirstStart, permitOf } from "../../cluster/first-start.ts";
import { initCluster } from "../../cluster/init.ts";
import { setUpNode } from "../../cluster/node-setup.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("a permit is good for one first start; a second is not made over it", (t) => {
  const folder = temporaryFolder(t);
  const [key, data] = [join(folder, "key.pem"), join(folder, "data")];
  mkdirSync(data);
  t.false(mayStartEmpty(key));
  permitFirstStart(key);
  t.true(mayStartEmpty(key));
  t.throws(() => permitFirstStart(key), { code: "EEXIST" });
  accepted(endFirstStart(key, data));
  t.false(mayStartEmpty(key));
  t.false(existsSync(permitOf(key)));
  accepted(endFirstStart(key, data));
});

test("a permit that cannot be removed is named, with the mend", (t) => {
  const folder = temporaryFolder(t);
  const key = join(folder, "key.pem");
  // Not a file: removing it fails for root as well.
  mkdirSync(permitOf(key));
  t.regex(
    reasonOf(endFirstStart(key, folder)),
    /key\.pem\.unused.*let this user remove it, since a key that signs is not unused$/,
  );
});

test("each node of a new cluster has a permit, no client has one; without it no empty store is made, wherever the data is", async (t) => {
  const dir = temporaryFolder(t);
  const layout = accepted(await initCluster({ dir, nodes: 2, clients: 1, basePort: 12_000 }));
  t.false(existsSync(permitOf(join(dir, "client0", "key.pem"))));
  for (const node of layout.nodes) {
    const config = accepted(readNodeConfig(node.config, {}, {}));
    t.true(accepted(setUpNode(config)).createStore);
    accepted(endFirstStart(config.node.key, config.node.data));
    t.false(accepted(setUpNode(config)).createStore);
    rmSync(config.node.data, { recursive: true });
    t.false(accepted(setUpNode(config)).createStore, "its data folder is gone");
    const elsewhere = { ...config, node: { ...config.node, data: join(dir, "elsewhere") } };
    t.false(accepted(setUpNode(elsewhere)).createStore, "another data folder is given");
    writeFileSync(permitOf(config.node.key), "");
    t.true(accepted(setUpNode(config)).createStore, "a person says that the key has never signed");
  }
});
