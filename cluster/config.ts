/** A node's configuration: a TOML file, above it environment variables, above them flags. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import { type NodeConfigFile, nodeKeys } from "./config-keys.ts";
import type { Environment, Overrides } from "./settings/layers.ts";
import { type Contradiction, type Origins, readSettings } from "./settings/read-settings.ts";
import { renderSettings } from "./settings/render-settings.ts";
import { contradictoryTargets, flawOfTls } from "./url-setting.ts";

/** Ready to use: paths are absolute, `verifier.threads` is at least 1, `peers` are the other validators. */
export type NodeConfig = Omit<NodeConfigFile, "peer"> & { readonly peers: NodeConfigFile["peer"] };

/** Reads and checks a node's configuration; the reason has a line for each mistake, which names the key and the mend. */
export function readNodeConfig(file: string, env: Environment, overrides: Overrides): Outcome<NodeConfig> {
  const read = readNodeSettings(file, env, overrides);
  if (!read.ok) return read;
  const { peer, verifier, ...rest } = read.value.settings;
  const threads = verifier.threads === 0 ? Math.max(1, Math.floor(availableParallelism() / 2)) : verifier.threads;
  const peers = peer.filter(({ id }) => id !== rest.node.id);
  return { ok: true, value: { ...rest, verifier: { ...verifier, threads }, peers } };
}

/** What a node has whose file says nothing but its id and name; paths relative to the file, no peers. */
export function nodeDefaults(id: number, name: string): NodeConfig {
  const tables = Object.entries(nodeKeys).flatMap(([section, { kind, settings }]) => {
    const fallbacks = Object.entries(settings).map(([key, setting]) => [key, setting.fallback]);
    return kind === "table" ? [[section, Object.fromEntries(fallbacks)] as const] : [];
  });
  // Every key of a table but these two has a fallback of its type.
  const config = Object.fromEntries(tables) as Omit<NodeConfig, "peers">;
  return { ...config, node: { ...config.node, id, name }, peers: [] };
}

/** The settings in force as a TOML file in which each key tells where its value came from. */
export function explainNodeConfig(file: string, env: Environment, overrides: Overrides): Outcome<string> {
  const read = readNodeSettings(file, env, overrides);
  if (!read.ok) return read;
  return {
    ok: true,
    value: renderSettings(title(read.value.settings.node.name), nodeKeys, read.value.settings, read.value.origins),
  };
}

/** The configuration as a TOML file with a comment for each key; its paths may be relative to where it will lie. */
export function renderNodeConfig({ peers, ...rest }: NodeConfig): string {
  return renderSettings<NodeConfigFile>(title(rest.node.name), nodeKeys, { ...rest, peer: peers });
}

function title(name: string): string {
  return `Juno: the configuration of ${name}.`;
}

type Read = { readonly settings: NodeConfigFile; readonly origins: Origins };

function readNodeSettings(file: string, env: Environment, overrides: Overrides): Outcome<Read> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, reason: `${because(error, file)}; correct the path, or make a cluster with juno init` };
  }
  return readSettings<NodeConfigFile>(nodeKeys, { file, text, env, overrides }, contradictions);
}

function contradictions(settings: NodeConfigFile): readonly Contradiction[] {
  return [...contradictoryTimers(settings), ...contradictoryLimits(settings), ...contradictoryAddresses(settings)];
}

function contradictoryTimers({ consensus }: NodeConfigFile): Contradiction[] {
  const { tickMs, heartbeatMs, candidateDelayMs, fairnessTimeoutMs } = consensus;
  const [shortest, longest] = consensus.electionTimeoutMs;
  const found: Contradiction[] = [];
  const must = (holds: boolean, key: string, reason: string) => {
    if (!holds) found.push({ section: "consensus", key, reason: `must be ${reason}` });
  };
  must(heartbeatMs * 2 < shortest, "heartbeatMs", `less than half of electionTimeoutMs[0], ${shortest}`);
  must(tickMs <= heartbeatMs, "tickMs", `at most heartbeatMs, ${heartbeatMs}`);
  must(candidateDelayMs >= tickMs, "candidateDelayMs", `at least tickMs, ${tickMs}`);
  must(candidateDelayMs < shortest, "candidateDelayMs", `less than electionTimeoutMs[0], ${shortest}`);
  must(fairnessTimeoutMs > longest, "fairnessTimeoutMs", `more than electionTimeoutMs[1], ${longest}`);
  return found;
}

function contradictoryLimits({ consensus, limits }: NodeConfigFile): Contradiction[] {
  if (limits.commandsWaitingMax >= consensus.batchCommandsMax) return [];
  const reason = `must be at least [consensus] batchCommandsMax, ${consensus.batchCommandsMax}`;
  return [{ section: "limits", key: "commandsWaitingMax", reason }];
}

function contradictoryAddresses({ node, listen, peer, tls }: NodeConfigFile): Contradiction[] {
  const found: Contradiction[] = [];
  const withTls = tls !== undefined;
  for (const key of ["peers", "clients"] as const) {
    const reason = flawOfTls(listen[key], withTls);
    if (reason !== undefined) found.push({ section: "listen", key, reason });
  }
  if (listen.clients === listen.peers && !listen.peers.endsWith(":0")) {
    found.push({ section: "listen", key: "clients", reason: "must be another address than that for peers" });
  }
  found.push(...contradictoryTargets("peer", peer, withTls));
  for (const [item, { id, url }] of peer.entries()) {
    if (id === node.id || url !== listen.peers) continue;
    found.push({ section: "peer", item, key: "url", reason: "must be another address than our own for peers" });
  }
  return found;
}
