/** Commands again, in others' names, twice, and wrong answers to them: B23-B27, B50, A13, A14. */
import { sha256 } from "../../../pools/sha256.ts";
import { leafHash } from "../../../wire/chain.ts";
import { encodeEnvelope, encodeSigned, open } from "../../../wire/envelope.ts";
import type { ClientId, LogIndex, RequestId } from "../../../wire/types.ts";
import type { Envelope, Tricks } from "../../sim/adversary.ts";
import { allOfThem, allSizes, aPair, type Behaviour, must, mustTell, type Sight, type Stage } from "../behaviour.ts";
import { commandOf, tellAll } from "../craft.ts";
import { mustRefuse } from "../refusals.ts";

/** Commands on their way between nodes, each once. */
function commandsIn({ body }: Envelope): readonly Uint8Array[] {
  if (body.$case === "relay") return body.value.commands;
  if (body.$case === "appendEntries") return body.value.entries.map(({ command }) => command);
  return [];
}

/** Passes commands on as if they came from clients just now. */
function relay(stage: Stage, commands: readonly Uint8Array[]): void {
  tellAll(stage, stage.liar, { $case: "relay", value: { node: stage.liar, commands } }, stage.honest);
}

/** Every command that was overheard, again and again. */
function replayAll(stage: Stage): Tricks {
  const { lair, tell } = stage;
  const known = new Map<string, Uint8Array>();
  const again = (): void => {
    if (known.size > 0) {
      tell("sent old commands again");
      relay(stage, [...known.values()]);
    }
    if (lair.now() < 8_000) lair.later(150, again);
  };
  lair.later(300, again);
  return {
    overhear: (envelope) => {
      for (const command of commandsIn(envelope)) known.set(Buffer.from(command).toString("latin1"), command);
    },
  };
}

/** The order of Ed25519's group, lowest byte first. */
const order = (1n << 252n) + 27742317777372353535851937790883648493n;

/** Another encoding of the same signature: s + L in place of s, as lax verifiers take it. */
function malleated(signature: Uint8Array): Uint8Array {
  const other = signature.slice();
  let carry = 0n;
  let rest = order;
  for (let at = 32; at < 64; at++) {
    const sum = BigInt(other[at] ?? 0) + (rest & 0xffn) + carry;
    other[at] = Number(sum & 0xffn);
    carry = sum >> 8n;
    rest >>= 8n;
  }
  return other;
}

const hostileTexts: readonly string[] = [
  `${"(".repeat(5_000)}1`,
  "transfer(a->b,1%0)",
  "AdjustAccount Acct1 1%0",
  `AdjustAccount hot ${"9".repeat(4_000)}%7`,
  `transfer(${"a -> ".repeat(900)}b, 1)`,
  "CreateAccount __proto__",
  "AdjustAccount constructor 5",
  '{"a":1,"a":2}',
  `${"a".repeat(28)}!`,
  "CreateAccount \ud800",
  "CreateAccount a\u0000b",
  "",
  `CreateAccount ${"x".repeat(60_000)}`,
];

/** Honest nodes have the same log and the same state, as invariants assert; so the hostile ones are in it, or in none. */
function takenByAll({ world, story }: Sight, payload: string): void {
  const by = story.applied.get(payload)?.size ?? 0;
  must(by === 0 || by === world.nodes.length, `${by} nodes have applied ${payload.slice(0, 40)}`);
}

const asking = { how: "simulator", family: "clients", nodes: allSizes } as const;

export const clients: readonly Behaviour[] = [
  {
    ...asking,
    id: "B23",
    name: "wrong answers to clients: another outcome or another index, the same from all liars (also A13)",
    mustObserve: "a client believes f+1 equal answers: none of the lies",
    liars: allOfThem,
    lie: ({ lair, tell }) => ({
      answer: (from, _, __, body) => {
        if (body.$case !== "commandResponse") return [];
        tell("answered wrongly");
        const byIndex = lair.now() % 1_000 < 500;
        const results = body.value.results.map((one) =>
          byIndex
            ? { ...one, index: (one.index + 1) as LogIndex }
            : { ...one, outcome: Uint8Array.from([...one.outcome, 33]) },
        );
        return [lair.sign(from, { $case: "commandResponse", value: { ...body.value, results } })];
      },
    }),
    observe: (sight) => {
      mustTell(sight, "answered wrongly");
      const committed = new Map<string, number>();
      for (const { disk } of sight.world.nodes.slice(0, 1)) {
        for (const { first, entries } of disk.segments()) {
          for (let row = 0; row < entries.count; row++) {
            const text = Buffer.from(
              entries.data.subarray(entries.payloadStarts[row], entries.payloadEnds[row]),
            ).toString();
            if (!committed.has(text)) committed.set(text, first + row);
          }
        }
      }
      for (const { payload, index } of sight.world.operations) {
        must(index === committed.get(payload), `a client believes that ${payload} is at ${index}`);
      }
    },
  },
  {
    ...asking,
    id: "B24",
    name: "old commands again: at once, after restarts of all nodes, by a node that says they were just relayed",
    mustObserve: "each takes effect once (ExactlyOnce); they keep no node from rest",
    options: { allDownEveryMs: 900, totalRestart: true },
    lie: replayAll,
    observe: (sight) => mustTell(sight, "sent old commands again"),
  },
  {
    ...asking,
    id: "B25",
    name: "old commands with a malleated signature, on real keys",
    mustObserve: "refused; each command takes effect once",
    nodes: [4, 7],
    realKeys: true,
    options: { commands: 4, faultMs: 900 },
    lie: (stage) => {
      const { lair, tell } = stage;
      const done = new Set<string>();
      return {
        overhear: (envelope) => {
          for (const command of commandsIn(envelope)) {
            const opened = open(command, lair.members.cluster);
            const key = Buffer.from(command).toString("latin1");
            if (!opened.ok || done.has(key)) continue;
            done.add(key);
            const other = encodeEnvelope(opened.value.signed, malleated(opened.value.signature));
            done.add(Buffer.from(other).toString("latin1"));
            tell("malleated a signature");
            lair.later(1, () => relay(stage, [other]));
          }
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "malleated a signature");
      mustRefuse(sight, "command with an invalid signature");
    },
  },
  {
    ...asking,
    id: "B26",
    name: "a client signs two payloads for one request, and sends them to different nodes",
    mustObserve: "one takes effect, the same on all nodes; the other, sent again, is told that its number is taken",
    holdsClient: true,
    lie: (stage) => {
      const { lair, client, tell } = stage;
      const nodes = [...lair.members.validators.keys()];
      for (let request = 1; request <= 8; request++) {
        const pair = ["x", "y"].map((side) => commandOf(lair, client, request, `CreateAccount ${side}${request}`));
        lair.later(100 + 150 * request, () => {
          nodes.forEach((node, at) => {
            lair.sendAsClient(client, node, pair[at % 2] ?? new Uint8Array(0));
          });
          tell("signed one request twice");
        });
        // Until both have come to every node, whatever the network loses.
        for (const delay of [1_800, 2_000, 2_200, 2_400])
          lair.later(delay, () => {
            for (const node of nodes) for (const command of pair) lair.sendAsClient(client, node, command);
          });
      }
      return {};
    },
    observe: (sight) => {
      mustTell(sight, "signed one request twice", 8);
      const { lair, client } = sight.stage;
      for (let request = 1; request <= 8; request++) {
        const text = (side: string): string => `CreateAccount ${side}${request}`;
        const [first = [], second = []] = [true, false].map((taken) =>
          ["x", "y"].filter((side) => sight.story.applied.has(text(side)) === taken).map(text),
        );
        must(first.length === 1, `${first.length} of two payloads of request ${request} took effect`);
        const [winner = ""] = first;
        const [loser = ""] = second;
        takenByAll(sight, winner);
        const refusals = (payload: string): number => {
          const leaf = leafHash(sha256, commandOf(lair, client, request, payload));
          return sight.story.refused.get(Buffer.from(leaf).toString("hex"))?.size ?? 0;
        };
        must(refusals(winner) === 0, `${winner} took effect, and is told that its number is taken`);
        must(refusals(loser) > lair.faulty, `${refusals(loser)} nodes tell that the number of ${loser} is taken`);
      }
    },
  },
  {
    ...asking,
    id: "B27",
    name: "commands of an unknown client, under a wrong key, under a node's key, with another client's id",
    mustObserve: "refused and counted; not in the ledger",
    holdsClient: true,
    lie: (stage) => {
      const { lair, client, honest, liar, tell } = stage;
      const { cluster } = lair.members;
      const made = (id: number, text: string) => {
        const value = { client: id as ClientId, request: 1 as RequestId, payload: Buffer.from(text) };
        return { $case: "command", value } as const;
      };
      const frames = [
        // The held key for a client that nobody knows, and for another one.
        lair.signBytes(
          { kind: "client", id: client },
          "command",
          encodeSigned(cluster, 99, made(99, "CreateAccount forged1")),
        ),
        lair.signBytes(
          { kind: "client", id: client },
          "command",
          encodeSigned(cluster, 0, made(0, "CreateAccount forged2")),
        ),
        // A node's key; and another's id in the body only.
        lair.signBytes(
          { kind: "node", id: liar },
          "command",
          encodeSigned(cluster, 0, made(0, "CreateAccount forged3")),
        ),
        lair.signBytes(
          { kind: "client", id: client },
          "command",
          encodeSigned(cluster, client, made(0, "CreateAccount forged4")),
        ),
      ];
      for (let at = 0; at < 6; at++) {
        lair.later(300 + 200 * at, () => {
          for (const node of honest) for (const frame of frames) lair.sendAsClient(client, node, frame);
          relay(stage, frames);
          tell("forged commands");
        });
      }
      return {};
    },
    observe: (sight) => {
      mustTell(sight, "forged commands");
      for (let at = 1; at <= 4; at++) takenByNobody(sight, `CreateAccount forged${at}`);
      mustRefuse(sight, "unknown client");
      mustRefuse(sight, "invalid signature");
      mustRefuse(sight, "malformed command");
      mustRefuse(sight, "command with an invalid signature");
    },
  },
  {
    ...asking,
    id: "B50",
    name: "hostile payloads of a real client: depth, backtracking, huge numbers, zero denominators, __proto__, bad UTF-8 (also A14)",
    mustObserve: "nodes stay up; the same outcome and state on all (StateMachineSafety, RepliesAgree)",
    nodes: [4, 7],
    holdsClient: true,
    options: { commands: 4 },
    lie: (stage) => {
      const { lair, client, tell } = stage;
      hostileTexts.forEach((text, at) => {
        lair.later(200 + 50 * at, () => {
          const frame = commandOf(lair, client, at + 1, text);
          for (const node of lair.members.validators.keys()) lair.sendAsClient(client, node, frame);
          tell("sent a hostile payload");
        });
      });
      return {};
    },
    observe: (sight) => {
      mustTell(sight, "sent a hostile payload", hostileTexts.length);
      const taken = hostileTexts.filter((text) => sight.story.applied.has(Buffer.from(text).toString()));
      must(
        taken.length === hostileTexts.length,
        `${taken.length} of ${hostileTexts.length} hostile payloads came into the ledger`,
      );
      for (const text of taken) takenByAll(sight, Buffer.from(text).toString());
    },
  },
  {
    ...asking,
    id: "A14",
    name: "an entry that is no command, an entry beyond its size, a message beyond its count",
    mustObserve: "refused; the leader that appends such a thing is replaced, and evidence is kept",
    liars: aPair,
    lie: (stage) => {
      const { lair, tell } = stage;
      return {
        rewrite: ({ from, to, frame, body }) => {
          if (body.$case !== "appendEntries" || body.value.entries.length === 0) return [{ to, frame }];
          const entries = body.value.entries.map(({ term }) => ({ term, command: sha256(Buffer.from("no command")) }));
          tell("appended what is no command");
          return [{ to, frame: lair.sign(from, { $case: "appendEntries", value: { ...body.value, entries } }) }];
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "appended what is no command");
      const accused = sight.world.nodes.flatMap(({ disk }) => disk.evidence.flatMap((one) => one.accused));
      must(accused.includes(sight.stage.liar), "no evidence of it is kept");
      must(sight.story.reigns.length > 1, "the leader was not replaced");
    },
  },
];

function takenByNobody({ story }: Sight, payload: string): void {
  must(!story.applied.has(payload), `${payload} was applied`);
}
