import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readClientConfig } from "../../cluster/client-config.ts";
import { readNodeConfig } from "../../cluster/config.ts";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { readNodeIdentity } from "../../cluster/identity.ts";
import { initCluster } from "../../cluster/init.ts";
import { setUpNode } from "../../cluster/node-setup.ts";

async function made(t: ExecutionContext, nodes: number) {
  const dir = mkdtempSync(join(tmpdir(), "juno-init-"));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const result = await initCluster({ dir, nodes, clients: 2, basePort: 12_000 });
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

for (const nodes of [1, 4, 32]) {
  test(`a cluster of ${nodes} nodes: every configuration reads back, every key is in the genesis`, async (t) => {
    const layout = await made(t, nodes);
    const founding = readGenesisFile(layout.genesis);
    if (!founding.ok) return t.fail(founding.reason);
    t.is(founding.value.genesis.validators.length, nodes);
    for (const node of layout.nodes) {
      const config = readNodeConfig(node.config, {}, {});
      if (!config.ok) return t.fail(config.reason);
      t.is(config.value.peers.length, nodes - 1);
      const identity = readNodeIdentity(config.value);
      t.true(identity.ok);
      t.is(statSync(config.value.node.key).mode & 0o077, 0, "the key is its owner's only");
      const setup = setUpNode(config.value);
      t.is(setup.ok ? setup.value.validators.size : 0, nodes);
    }
    for (const client of layout.clients) t.true(readClientConfig(client.config, {}, {}).ok);
    return undefined;
  });
}

test("numbers of nodes outside of 1 to 32 are refused, and so is a folder with a cluster", async (t) => {
  const { dir } = await made(t, 1);
  for (const nodes of [0, 33]) {
    const result = await initCluster({ dir: join(dir, "other"), nodes, clients: 1 });
    t.regex(result.ok ? "" : result.reason, /32/);
  }
  const again = await initCluster({ dir, nodes: 1, clients: 1 });
  t.regex(again.ok ? "" : again.reason, /is there already; choose another folder/);
});

test("a typo, a wrong value and a contradiction each name the key and the mend", async (t) => {
  const { nodes } = await made(t, 4);
  const file = nodes[0]?.config ?? "";
  const text = readFileSync(file, "utf8");
  const reasonFor = (changed: string): string => {
    t.not(changed, text);
    writeFileSync(file, changed);
    const result = readNodeConfig(file, {}, {});
    return result.ok ? "" : result.reason;
  };
  t.regex(reasonFor(text.replace("heartbeatMs", "heartbeatsMs")), /heartbeatsMs.*heartbeatMs/s);
  t.regex(reasonFor(text.replace(/heartbeatMs = \d+/, "heartbeatMs = 900")), /heartbeatMs.*less than half of/s);
  t.regex(reasonFor(text.replace(/engine = "\w+"/, 'engine = "rsa"')), /engine.*sodium/s);
  t.regex(reasonFor(text.replace(/tickMs = \d+/, 'tickMs = "ten"')), /tickMs/);
});

test("a key that others can read is refused, with the command that mends it", async (t) => {
  const { nodes } = await made(t, 1);
  const config = readNodeConfig(nodes[0]?.config ?? "", {}, {});
  if (!config.ok) return t.fail(config.reason);
  chmodSync(config.value.node.key, 0o644);
  const setup = setUpNode(config.value);
  t.regex(setup.ok ? "" : setup.reason, /chmod 600/);
  return undefined;
});

test("a genesis with a changed byte is refused by whoever reads it", async (t) => {
  const { genesis } = await made(t, 4);
  const text = readFileSync(genesis, "utf8");
  const key = /[0-9a-f]{64}/.exec(text)?.[0] ?? "";
  const changed = key.startsWith("0") ? `1${key.slice(1)}` : `0${key.slice(1)}`;
  writeFileSync(genesis, text.replace(key, changed));
  t.false(readGenesisFile(genesis).ok);
});

test("small-order public keys are refused at registration", async (t) => {
  const { genesis } = await made(t, 4);
  const { validators } = JSON.parse(readFileSync(genesis, "utf8"));
  const key: string = validators[0].publicKey;
  writeFileSync(genesis, readFileSync(genesis, "utf8").replace(key, `01${"00".repeat(31)}`));
  const result = readGenesisFile(genesis);
  t.regex(result.ok ? "" : result.reason, /order/);
});
