/** Where the files of a cluster on one machine are: `genesis.json`, `node0/config.toml`, `client0/config.toml`, ... */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Genesis, Outcome } from "../wire/types.ts";
import { readGenesisFile } from "./genesis-file.ts";

export type MemberFiles = {
  readonly id: number;
  readonly name: string;
  readonly dir: string;
  /** Its config.toml. */
  readonly config: string;
};

/** All paths absolute. */
export type ClusterLayout = {
  readonly dir: string;
  readonly genesis: string;
  readonly nodes: readonly MemberFiles[];
  readonly clients: readonly MemberFiles[];
};

export function nodeName(id: number): string {
  return `node${id}`;
}

export function clientName(id: number): string {
  return `client${id}`;
}

/** Where a genesis' members have their folders. */
export function layoutOf(dir: string, genesis: Genesis): ClusterLayout {
  const filesOf = ({ id, name }: { readonly id: number; readonly name: string }) => {
    const folder = join(dir, name);
    return { id, name, dir: folder, config: join(folder, "config.toml") };
  };
  return {
    dir,
    genesis: join(dir, "genesis.json"),
    nodes: genesis.validators.map(filesOf),
    clients: genesis.clients.map(filesOf),
  };
}

/** Finds the cluster that `initCluster` has put into a folder; members whose folder is not there are left out. */
export function findCluster(dir: string): Outcome<ClusterLayout> {
  const root = resolve(dir);
  if (!existsSync(join(root, "genesis.json"))) {
    return { ok: false, reason: `${root}: there is no cluster (no genesis.json); make one with juno init` };
  }
  const founding = readGenesisFile(join(root, "genesis.json"));
  if (!founding.ok) return founding;
  const layout = layoutOf(root, founding.value.genesis);
  const nodes = layout.nodes.filter(({ config }) => existsSync(config));
  if (nodes.length === 0) {
    return {
      ok: false,
      reason: `${root}: no node of the genesis has a folder here; restore one, or make a cluster with juno init`,
    };
  }
  return { ok: true, value: { ...layout, nodes, clients: layout.clients.filter(({ config }) => existsSync(config)) } };
}
