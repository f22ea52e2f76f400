/** What people and files say: settings, genesis, keys, addresses, commands, and what the state machine writes down. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFlood } from "../../../client/flood.ts";
import { complete } from "../../../client/repl-words.ts";
import { readClientConfig, renderClientConfig } from "../../../cluster/client-config.ts";
import { nodeDefaults, readNodeConfig, renderNodeConfig } from "../../../cluster/config.ts";
import { parseGenesis, renderGenesis } from "../../../cluster/genesis-file.ts";
import { readKeyFile, writeKeyFile } from "../../../cluster/key-file.ts";
import { formatAddress, parseAddress } from "../../../cluster/nng/address.ts";
import { checkStatus } from "../../../cluster/status-shape.ts";
import { decodeOutcome, encodeOutcome, saysOk } from "../../../hopper/demo/outcome-bytes.ts";
import { decodeUtf8 } from "../../../hopper/demo/utf8.ts";
import type { Outcome } from "../../../wire/types.ts";
import { sampleStatus } from "../../cluster/sample-status.ts";
import { startFront } from "../../hopper/demo/start-front.ts";
import { genesis, seedOfNode } from "../../wire/cluster.ts";
import type { Target, Verdict } from "../target.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** Reasons have a line for each mistake; their first words say of what kind. */
const kindOf = (read: Outcome<unknown>): Verdict =>
  read.ok ? "accepted" : read.reason.split(": ").slice(1, 3).join(": ") || read.reason;

const folder = mkdtempSync(join(tmpdir(), "juno-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A reader of files, given each input as one. */
function fileTarget(name: string, example: string, mode: number, read: (path: string) => Outcome<unknown>): Target {
  const path = join(folder, name);
  return {
    name,
    form: "text",
    examples: [bytesOf(example)],
    take: (input) => {
      writeFileSync(path, input, { mode });
      return kindOf(read(path));
    },
  };
}

const defaults = nodeDefaults(1, "node1");
const peers = [0, 2].map((id) => ({ id, url: `tcp://127.0.0.1:${10_000 + id}` }));
const nodeConfig = fileTarget("node-config", renderNodeConfig({ ...defaults, peers }), 0o644, (path) =>
  readNodeConfig(path, {}, {}),
);
const clientConfig = fileTarget(
  "client-config",
  renderClientConfig({
    client: { id: 7, name: "alice", genesis: "../genesis.json", key: "key.pem" },
    nodes: [{ id: 0, url: "tcp://127.0.0.1:10100" }],
  }),
  0o644,
  (path) => readClientConfig(path, {}, {}),
);

const keyText = (() => {
  const path = join(folder, "example.pem");
  writeKeyFile(path, seedOfNode(0), "node0");
  return path;
})();
const keyFile: Target = {
  ...fileTarget("key-file", "", 0o600, readKeyFile),
  examples: [Uint8Array.from(await readBytes(keyText))],
};

async function readBytes(path: string): Promise<Uint8Array> {
  const { readFileSync } = await import("node:fs");
  return readFileSync(path);
}

const genesisFile: Target = {
  name: "genesis-file",
  form: "text",
  examples: [bytesOf(renderGenesis(genesis))],
  take: (input) => {
    const parsed = parseGenesis(textOf(input));
    if (parsed.ok && !parseGenesis(renderGenesis(parsed.value.genesis)).ok) throw new Error("not read back");
    return parsed.ok ? "accepted" : parsed.reason;
  },
};

const statuses: Target = {
  name: "node-status",
  form: "text",
  examples: [bytesOf(JSON.stringify(sampleStatus()))],
  take: (input) => {
    try {
      return kindOf(checkStatus(JSON.parse(textOf(input))));
    } catch (error) {
      if (error instanceof SyntaxError) return "not JSON";
      throw error;
    }
  },
};

const addresses: Target = {
  name: "address",
  form: "text",
  examples: ["tcp://127.0.0.1:10000", "tls+tcp://[::1]:0", "ipc:///tmp/a.sock", "tcp://node-1.example:65535"].map(
    bytesOf,
  ),
  take: (input) => {
    const parsed = parseAddress(textOf(input));
    if (!parsed.ok) return parsed.reason;
    const again = parseAddress(formatAddress(parsed.address));
    if (JSON.stringify(again) !== JSON.stringify(parsed)) throw new Error("not read back as it was");
    return `accepted ${parsed.address.scheme}`;
  },
};

const commands = [
  "CreateAccount a",
  "AdjustAccount a 3%4",
  "ObserveAccount a",
  "ObserveAccounts",
  "transfer(a->b, 1%2)",
  "transfer(a->b->c, 0.25)",
].map(bytesOf);

/** On a ledger with two accounts: whatever the command, the diff says whether the state is another, and failures change nothing. */
const demoCommands: Target = {
  name: "demo-command",
  form: "text",
  examples: commands,
  take: (input) => {
    const ledger = startFront();
    for (const text of ["CreateAccount a", "CreateAccount b", "AdjustAccount a 100%1"]) ledger.run(text);
    const before = ledger.stateHash();
    const outcome = ledger.apply(input);
    const after = ledger.stateHash();
    const changed = before !== after;
    if (changed !== outcome.diff.length > 0) throw new Error("the diff and the state contradict each other");
    if (changed && !outcome.ok) throw new Error("a failed command changed something");
    const bytes = encodeOutcome(outcome);
    const decoded = decodeOutcome(bytes);
    if (!decoded.ok || Buffer.compare(encodeOutcome(decoded.outcome), bytes) !== 0) throw new Error("not written back");
    if (saysOk(bytes) !== outcome.ok) throw new Error("what it says of success is wrong");
    return outcome.ok ? `ok ${outcome.text.slice(0, 10)}` : outcome.text;
  },
};

const outcomes: Target = {
  name: "demo-outcome",
  form: "bytes",
  examples: [
    encodeOutcome({ ok: true, text: "done", diff: [{ key: "a", before: null, after: "1%1" }] }),
    encodeOutcome({ ok: false, text: "no", diff: [] }),
  ],
  take: (input) => {
    const decoded = decodeOutcome(input);
    if (!decoded.ok) return decoded.reason;
    if (Buffer.compare(encodeOutcome(decoded.outcome), input) !== 0) throw new Error("not written back as it was");
    return decoded.outcome.ok ? "ok" : "failed";
  },
};

/** Against the platform's decoder. */
const utf8: Target = {
  name: "utf8",
  form: "bytes",
  examples: ["plain", "é ä €", "𝔸𝔹 \u{10ffff}", "\ufeffmark"].map(bytesOf),
  take: (input) => {
    const decoded = decodeUtf8(input);
    let expected: string | undefined;
    try {
      expected = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input);
    } catch {
      expected = undefined;
    }
    if ((decoded.ok ? decoded.text : undefined) !== expected) throw new Error("the platform decodes it otherwise");
    return decoded.ok ? "accepted" : "refused";
  },
};

/** What is typed at the prompt. */
const lines: Target = {
  name: "repl-line",
  form: "text",
  examples: ["batch test:1000", "many test: 5", "transfer(a->b", "Cr"].map(bytesOf),
  take: (input) => {
    const line = textOf(input);
    const flood = parseFlood(line);
    const [words, partial] = complete(line, new Set(["Acct1", "__proto__"]));
    if (!line.endsWith(partial)) throw new Error("completes what was not typed");
    if (flood === undefined) return `no flood, ${Math.min(3, words.length)} words`;
    return flood.ok ? "a flood" : flood.reason;
  },
};

export const textTargets: readonly Target[] = [
  nodeConfig,
  clientConfig,
  keyFile,
  genesisFile,
  statuses,
  addresses,
  demoCommands,
  outcomes,

  utf8,
  lines,
];
