/** Founds a cluster on one machine: keys, genesis, and a folder with its configuration for every node and client. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { EngineName } from "../pools/engine.ts";
import { generateKeyPair } from "../pools/public-key.ts";
import type { Genesis, Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import { type ClientConfig, renderClientConfig } from "./client-config.ts";
import { type ClusterLayout, clientName, layoutOf, nodeName } from "./cluster-layout.ts";
import { type NodeConfig, nodeDefaults, renderNodeConfig } from "./config.ts";
import { permitFirstStart } from "./first-start.ts";
import { renderGenesis } from "./genesis-file.ts";
import { writeKeyFile } from "./key-file.ts";
import { type NodeUrls, urlsOfNodes } from "./urls-of-nodes.ts";

export type InitOptions = {
  /** Made if it does not exist; what else lies in it stays. */
  readonly dir: string;
  /** 1 to 32. */
  readonly nodes: number;
  /** 0 to 1000. */
  readonly clients: number;
  /** Port of the first node for peers; clients' ports start 100 above. 0 takes free ports. */
  readonly basePort?: number;
  /** This machine's address, at which nodes and clients reach every node. */
  readonly host?: string;
  readonly transport?: "tcp" | "ipc";
  readonly engine?: EngineName;
  /** Verifying threads of each node; 0 lets the node take half of the processors. */
  readonly threads?: number;
  /** The cluster's name in the genesis. */
  readonly name?: string;
};

export const nodesMax = 32;
export const clientsMax = 1000;
/** Where Juno's nodes have always been. */
export const basePortDefault = 10_000;

type Member = {
  readonly id: number;
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly secretSeed: Uint8Array;
};

/**
 * Writes a cluster's files and tells where they are. Changes nothing where one of them is there already; takes back what
 * it wrote where the disk fails.
 */
export async function initCluster(options: InitOptions): Promise<Outcome<ClusterLayout>> {
  const flaw = flawOfOptions(options);
  if (flaw !== undefined) return { ok: false, reason: flaw };
  const dir = resolve(options.dir);
  const urls = await urlsOfNodes({
    ...options,
    dir,
    basePort: options.basePort ?? basePortDefault,
    host: options.host ?? "127.0.0.1",
  });
  if (!urls.ok) return urls;
  const validators = members(options.nodes, nodeName);
  const clients = members(options.clients, clientName);
  const genesis: Genesis = {
    name: options.name ?? "juno",
    validators: validators.map(listed),
    clients: clients.map(listed),
    admins: [],
  };
  const text = renderGenesis(genesis);
  const layout = layoutOf(dir, genesis);
  const targets = [...layout.nodes, ...layout.clients].map((member) => member.dir);
  const taken = [layout.genesis, ...targets].find((path) => existsSync(path));
  if (taken !== undefined) {
    return {
      ok: false,
      reason: `${taken}: is there already; choose another folder, or remove that cluster with all its data`,
    };
  }
  try {
    mkdirSync(dir, { recursive: true });
    for (const [i, { dir: folder }] of layout.nodes.entries()) {
      const key = writeMember(folder, validators[i], renderNodeConfig(nodeConfig(options, urls.value, i)));
      permitFirstStart(key);
    }
    for (const [i, { dir: folder }] of layout.clients.entries()) {
      writeMember(folder, clients[i], renderClientConfig(clientConfig(urls.value, i)));
    }
    // Last, since a genesis is what makes the folder a cluster.
    writeFileSync(layout.genesis, text, { flag: "wx" });
    return { ok: true, value: layout };
  } catch (error) {
    for (const path of [layout.genesis, ...targets]) rmSync(path, { recursive: true, force: true });
    return { ok: false, reason: `${because(error)}; choose another folder` };
  }
}

function flawOfOptions({ nodes, clients, threads = 0 }: InitOptions): string | undefined {
  const whole = (value: number, min: number, max: number) => Number.isInteger(value) && value >= min && value <= max;
  if (!whole(nodes, 1, nodesMax)) return `nodes: must be a whole number from 1 to ${nodesMax}; is ${nodes}`;
  if (!whole(clients, 0, clientsMax)) return `clients: must be a whole number from 0 to ${clientsMax}; is ${clients}`;
  if (!whole(threads, 0, 256)) return `threads: must be a whole number from 0 to 256; is ${threads}`;
  return undefined;
}

function members(count: number, nameOf: (id: number) => string): Member[] {
  return Array.from({ length: count }, (_, id) => ({ id, name: nameOf(id), ...generateKeyPair() }));
}

function listed({ id, name, publicKey }: Member): Genesis["validators"][number] {
  return { id, name, publicKey };
}

/** Returns where its key is. */
function writeMember(folder: string, member: Member | undefined, config: string): string {
  if (member === undefined) throw new Error(`${folder} has no member`);
  mkdirSync(folder, { mode: 0o700 });
  const key = join(folder, "key.pem");
  const written = writeKeyFile(key, member.secretSeed, member.name);
  if (!written.ok) throw new Error(written.reason);
  writeFileSync(join(folder, "config.toml"), config, { flag: "wx" });
  return key;
}

/** Half of the machine's processors verify, shared by all its nodes; a node alone counts them itself. */
function threadsOf(nodes: number): number {
  return nodes === 1 ? 0 : Math.max(1, Math.floor(availableParallelism() / 2 / nodes));
}

function nodeConfig({ nodes, engine, threads }: InitOptions, urls: readonly NodeUrls[], id: number): NodeConfig {
  const defaults = nodeDefaults(id, nodeName(id));
  const own = urls[id];
  if (own === undefined) throw new Error(`node ${id} has no address`);
  return {
    ...defaults,
    listen: own,
    peers: urls.flatMap(({ peers: url }, peer) => (peer === id ? [] : [{ id: peer, url }])),
    verifier: { engine: engine ?? defaults.verifier.engine, threads: threads ?? threadsOf(nodes) },
  };
}

function clientConfig(urls: readonly NodeUrls[], id: number): ClientConfig {
  return {
    client: { id, name: clientName(id), genesis: "../genesis.json", key: "key.pem" },
    nodes: urls.map(({ clients: url }, node) => ({ id: node, url })),
  };
}
