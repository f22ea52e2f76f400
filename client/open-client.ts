/** From the files of a cluster to a connected client. */
import { dirname } from "node:path";
import { type ClientConfig, readClientConfig } from "../cluster/client-config.ts";
import { findCluster } from "../cluster/cluster-layout.ts";
import { readClientIdentity } from "../cluster/identity.ts";
import type { Environment } from "../cluster/settings/layers.ts";
import { readTls } from "../cluster/tls-setting.ts";
import type { Outcome } from "../wire/types.ts";
import { connect, type JunoClient } from "./client.ts";

/** Which client to be: a configuration file, else a client of the cluster in a folder, the first unless named by its id. */
export type WhichClient = { readonly config?: string; readonly dir: string; readonly client?: number };

export type OpenedClient = {
  readonly client: JunoClient;
  /** Where this client's own files are. */
  readonly folder: string;
  readonly name: string;
  readonly cluster: string;
};

/** A reason names the place of the mistake and the mend. Nothing is dialed where a file is wrong. */
export async function openClient(which: WhichClient, env: Environment): Promise<Outcome<OpenedClient>> {
  const found = findClient(which, env);
  if (!found.ok) return found;
  const { file, config } = found.value;
  const identity = readClientIdentity(config);
  if (!identity.ok) return identity;
  const tls = config.tls === undefined ? undefined : readTls(config.tls);
  if (tls?.ok === false) return tls;
  const { genesis, secretSeed } = identity.value;
  const { id, name } = config.client;
  try {
    const client = await connect({
      genesis,
      secretSeed,
      client: id,
      urls: config.nodes,
      ...(tls === undefined ? {} : { tls: tls.value }),
    });
    return { ok: true, value: { client, folder: dirname(file), name, cluster: genesis.name } };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Whose key a client has, without dialing anyone. */
export function readIdentity(which: WhichClient, env: Environment): ReturnType<typeof readClientIdentity> {
  const found = findClient(which, env);
  return found.ok ? readClientIdentity(found.value.config) : found;
}

function findClient(which: WhichClient, env: Environment): Outcome<{ file: string; config: ClientConfig }> {
  const file = which.config === undefined ? findConfig(which) : ({ ok: true, value: which.config } as const);
  if (!file.ok) return file;
  const config = readClientConfig(file.value, env, {});
  return config.ok ? { ok: true, value: { file: file.value, config: config.value } } : config;
}

function findConfig({ dir, client }: WhichClient): Outcome<string> {
  const layout = findCluster(dir);
  if (!layout.ok) return layout;
  const { clients } = layout.value;
  const found = client === undefined ? clients[0] : clients.find(({ id }) => id === client);
  if (found !== undefined) return { ok: true, value: found.config };
  const known = clients.map(({ id }) => id).join(", ");
  if (known === "")
    return { ok: false, reason: `${dir}: no client has a folder here; make the cluster with juno init --clients 1` };
  return { ok: false, reason: `${dir}: client ${client} has no folder here; known are ${known}` };
}
