import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  explainNodeConfig,
  type NodeConfig,
  nodeDefaults,
  readNodeConfig,
  renderNodeConfig,
} from "../../cluster/config.ts";
import { nodeKeys } from "../../cluster/config-keys.ts";
import { variableOf } from "../../cluster/settings/layers.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function write(t: ExecutionContext, text: string): string {
  const file = join(temporaryFolder(t), "config.toml");
  writeFileSync(file, text);
  return file;
}

const least = '[node]\nid = 0\nname = "node0"\n';

test("a file that says who the node is gets a default for all else, and no default contradicts another", (t) => {
  const config = accepted(readNodeConfig(write(t, least), {}, {}));
  const { node, verifier, ...rest } = nodeDefaults(0, "node0");
  t.like(config, rest);
  t.is(config.verifier.engine, verifier.engine);
  t.is(config.verifier.threads, Math.max(1, Math.floor(availableParallelism() / 2)));
  t.is(config.tls, undefined);
});

test("what is rendered reads back equal, with TLS and peers", (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "config.toml");
  const at = (name: string) => join(folder, name);
  const defaults = nodeDefaults(3, "node-3");
  const config: NodeConfig = {
    ...defaults,
    node: { id: 3, name: "node-3", data: at("d"), genesis: at("g.json"), key: at("k.pem") },
    listen: { peers: "tls+tcp://[::]:0", clients: "ipc:///tmp/a b.sock" },
    peers: [
      { id: 0, url: "tls+tcp://example.org:1" },
      { id: 7, url: "ipc:///tmp/quote'd\".sock" },
    ],
    tls: { cert: at("c"), key: at("t"), ca: at("a") },
    verifier: { engine: "noble", threads: 3 },
  };
  writeFileSync(file, renderNodeConfig(config));
  t.deepEqual(accepted(readNodeConfig(file, {}, {})), config);
});

test("an item for the node itself is passed over", (t) => {
  const peer = (id: number, url: string) => `[[peer]]\nid = ${id}\nurl = "${url}"\n`;
  const file = write(t, `${least}${peer(0, "tcp://127.0.0.1:10000")}${peer(1, "tcp://127.0.0.1:10001")}`);
  t.deepEqual(accepted(readNodeConfig(file, {}, {})).peers, [{ id: 1, url: "tcp://127.0.0.1:10001" }]);
});

test("explain tells of each key where it came from, in a file that reads back", (t) => {
  const file = write(t, least);
  const text = accepted(explainNodeConfig(file, { JUNO_LOG_LEVEL: "warn" }, { "consensus.tickMs": "20" }));
  t.regex(text, /^level = "warn" {2}# from JUNO_LOG_LEVEL$/m);
  t.regex(text, /^tickMs = 20 {2}# from flag$/m);
  t.regex(text, /^id = 0 {2}# from file$/m);
  t.regex(text, /^heartbeatMs = 100 {2}# from default$/m);
  const again = accepted(readNodeConfig(write(t, text), {}, {}));
  t.is(again.consensus.tickMs, 20);
  t.is(again.log.level, "warn");
});

test("no file and a folder for a file are each one line with the mend", (t) => {
  const folder = temporaryFolder(t);
  const mend = "correct the path, or make a cluster with juno init";
  t.is(reasonOf(readNodeConfig(join(folder, "x"), {}, {})), `${folder}/x: there is no such file or folder; ${mend}`);
  t.is(reasonOf(readNodeConfig(folder, {}, {})), `${folder}: it is a folder; ${mend}`);
});

const contradictions: readonly (readonly [string, string])[] = [
  [
    "consensus.heartbeatMs=500",
    "[consensus] heartbeatMs: must be less than half of electionTimeoutMs[0], 1000; is 500",
  ],
  ["consensus.tickMs=101", "[consensus] tickMs: must be at most heartbeatMs, 100; is 101"],
  ["consensus.candidateDelayMs=9", "[consensus] candidateDelayMs: must be at least tickMs, 10; is 9"],
  [
    "consensus.candidateDelayMs=1000",
    "[consensus] candidateDelayMs: must be less than electionTimeoutMs[0], 1000; is 1000",
  ],
  [
    "consensus.fairnessTimeoutMs=2000",
    "[consensus] fairnessTimeoutMs: must be more than electionTimeoutMs[1], 2000; is 2000",
  ],
  ["limits.commandsWaitingMax=1", "[limits] commandsWaitingMax: must be at least [consensus] batchCommandsMax, "],
  ["listen.clients=tcp://127.0.0.1:10000", "[listen] clients: must be another address than that for peers; is"],
  ["listen.peers=tcp://127.0.0.1:10001", "[[peer]] number 1: url: must be another address than our own for peers; is"],
  [
    "listen.peers=tls+tcp://127.0.0.1:1",
    "[listen] peers: needs a certificate; add the section [tls] with cert, key and ca",
  ],
  ["listen.peers=udp://127.0.0.1:1", "[listen] peers: unknown scheme; write tcp://host:port"],
  ["log.level=loud", '[log] level: must be "trace" or "debug" or '],
  ["verifier.engine=rsa", '[verifier] engine: must be "simd" or '],
  ["consensus.heartbeat=1", 'consensus.heartbeat: unknown setting; did you mean "consensus.heartbeatMs"?'],
];

for (const [given, expected] of contradictions) {
  test(`${given} is refused: ${expected}`, (t) => {
    const file = write(t, `${least}[[peer]]\nid = 1\nurl = "tcp://127.0.0.1:10001"\n`);
    const [name = "", value = ""] = given.split("=");
    const lines = reasonOf(readNodeConfig(file, {}, { [name]: value })).split("\n");
    const unmarked = (text: string) => text.replace(" (set by a flag)", "");
    t.true(
      lines.some((line) => unmarked(line).startsWith(`${file}: ${unmarked(expected)}`)),
      lines.join("\n"),
    );
    t.true(
      lines.every((line) => /; (is|did you mean) /.test(line)),
      lines.join("\n"),
    );
  });
}

test("each timer's limit itself is taken", (t) => {
  const file = write(t, least);
  for (const given of [
    { "consensus.heartbeatMs": "499" },
    { "consensus.tickMs": "100", "consensus.candidateDelayMs": "100" },
    { "consensus.candidateDelayMs": "10" },
    { "consensus.candidateDelayMs": "999" },
    { "consensus.fairnessTimeoutMs": "2001" },
    { "limits.commandsWaitingMax": "5", "consensus.batchCommandsMax": "5" },
    { "listen.peers": "tcp://127.0.0.1:0", "listen.clients": "tcp://127.0.0.1:0" },
  ]) {
    t.is(reasonOf(readNodeConfig(file, {}, given)), "was not refused", JSON.stringify(given));
  }
});

test("[tls] asks for encrypted links everywhere", (t) => {
  const tls = '[tls]\ncert = "c"\nkey = "k"\nca = "a"\n';
  const file = write(t, `${least}${tls}[[peer]]\nid = 1\nurl = "tcp://h:1"\n`);
  const places = reasonOf(readNodeConfig(file, {}, {})).split("\n");
  t.deepEqual(
    places.map((line) => line.slice(file.length + 2).split(": would not be encrypted")[0]),
    ["[listen] peers", "[listen] clients", "[[peer]] number 1: url"],
  );
});

test("every key has a comment, a variable of its own, and a fallback unless only the operator can know it", (t) => {
  const variables = new Set<string>();
  const needed: string[] = [];
  for (const [section, { kind, settings }] of Object.entries(nodeKeys)) {
    for (const [key, setting] of Object.entries(settings)) {
      t.true(setting.about.length > 10 && /[.]$/.test(setting.about), `${section}.${key}`);
      t.false(variables.has(variableOf(section, key)), `${section}.${key}`);
      variables.add(variableOf(section, key));
      if (kind === "table" && setting.fallback === undefined) needed.push(`${section}.${key}`);
    }
  }
  t.deepEqual(needed, ["node.id", "node.name"]);
});
