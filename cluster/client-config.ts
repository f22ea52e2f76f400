/** A client's configuration: who it is, and where the nodes listen for clients. */
import { readFileSync } from "node:fs";
import type { Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import { idMax } from "./config-keys.ts";
import type { Environment, Overrides } from "./settings/layers.ts";
import { type Contradiction, readSettings } from "./settings/read-settings.ts";
import { renderSettings } from "./settings/render-settings.ts";
import { path, type SectionsOf, shortName, wholeNumber } from "./settings/setting.ts";
import { type TlsPaths, tlsSection } from "./tls-setting.ts";
import { contradictoryTargets, dialUrl } from "./url-setting.ts";

/** As in the file. */
type ClientSettings = {
  readonly client: { readonly id: number; readonly name: string; readonly genesis: string; readonly key: string };
  readonly node: readonly { readonly id: number; readonly url: string }[];
  readonly tls?: TlsPaths;
};

/** Ready to use: paths are absolute, `nodes` has at least one item. */
export type ClientConfig = Omit<ClientSettings, "node"> & { readonly nodes: ClientSettings["node"] };

const sections: SectionsOf<ClientSettings> = {
  client: {
    kind: "table",
    about: "Who this client is.",
    settings: {
      id: wholeNumber("Its id among the clients of the genesis.", { min: 0, max: idMax }),
      name: shortName("Its name in the genesis, and in logs."),
      genesis: path("What all members of the cluster agree on; the same file for all.", {
        fallback: "../genesis.json",
      }),
      key: path("Its private key; only its owner may read the file.", { fallback: "key.pem" }),
    },
  },
  node: {
    kind: "list",
    about: "The validators. A result counts when more of them than may lie have sent the same, so list all.",
    settings: {
      id: wholeNumber("its id in the genesis.", { min: 0, max: idMax }),
      url: dialUrl("where it listens for clients.", "tcp://127.0.0.1:10100"),
    },
  },
  tls: tlsSection,
};

/** Reads and checks a client's configuration; the reason has a line for each mistake, which names the key and the mend. */
export function readClientConfig(file: string, env: Environment, overrides: Overrides): Outcome<ClientConfig> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, reason: `${because(error, file)}; correct the path, or make a cluster with juno init` };
  }
  const read = readSettings<ClientSettings>(sections, { file, text, env, overrides }, contradictions);
  if (!read.ok) return read;
  const { node, ...rest } = read.value.settings;
  return { ok: true, value: { ...rest, nodes: node } };
}

/** The configuration as a TOML file with a comment for each key; its paths may be relative to where it will lie. */
export function renderClientConfig({ nodes, ...rest }: ClientConfig): string {
  return renderSettings<ClientSettings>(`Juno: the configuration of ${rest.client.name}.`, sections, {
    ...rest,
    node: nodes,
  });
}

function contradictions({ node, tls }: ClientSettings): readonly Contradiction[] {
  if (node.length > 0) return contradictoryTargets("node", node, tls !== undefined);
  return [{ section: "node", key: "url", reason: "must be there at least once; write [[node]] with id and url" }];
}
