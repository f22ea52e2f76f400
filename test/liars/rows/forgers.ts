/** Messages in others' names, certificates that nobody signed, signatures out of place: B17, B18, B20, B51, A1, A3, A5. */
import { encodeEnvelope, encodeSigned, open } from "../../../wire/envelope.ts";
import type { Body, Certificate, Endorsement, LogIndex, NodeId, SyncResponse, Term } from "../../../wire/types.ts";
import type { Envelope, Said } from "../../sim/adversary.ts";
import { allSizes, aPair, type Behaviour, must, mustTell, type Sight, type Stage } from "../behaviour.ts";
import { certificateOf, commandOf, createVoteBook, endHashOf, entryOf, madeUpHash, tellAll } from "../craft.ts";
import { mustRefuse, refusals } from "../refusals.ts";

const asIs = ({ to, frame }: Envelope): Said[] => [{ to, frame }];
const forgedText = "CreateAccount forged";

/** An entry that nobody replicated, behind a point that was, with each certificate that is to make others commit it. */
function forgedAnswers(stage: Stage, good: Certificate): readonly Body[] {
  const { lair, liar, client } = stage;
  const { index: prevIndex, hash: prevHash } = good;
  const entries = [entryOf(good.term, commandOf(lair, client, 1, forgedText))];
  const hash = endHashOf(lair, prevIndex, prevHash, entries);
  return forgeries(stage, good, (prevIndex + 1) as LogIndex, hash).map((value) => ({
    $case: "syncResponse",
    value: { node: liar, prevIndex, prevHash, entries, end: { $case: "commit", value } },
  }));
}

/** All ways to forge a certificate of a point out of Q good votes on another one. */
function forgeries(
  stage: Stage,
  good: Certificate,
  index: LogIndex,
  hash: Certificate["hash"],
): readonly Certificate[] {
  const { endorsements, term } = good;
  const { lair, liar } = stage;
  const own = lair.sign(liar, { $case: "commitVote", value: { term, node: liar, index, hash } });
  const opened = open(own, lair.members.cluster);
  const signature = opened.ok ? opened.value.signature : undefined;
  if (signature === undefined) return [];
  const made = { term, index, hash };
  const others = endorsements.filter(({ node }) => node !== liar);
  const withOwn = [{ node: liar, signature }, ...others].slice(0, endorsements.length).sort((a, b) => a.node - b.node);
  const flipped = (at: number): Endorsement[] =>
    withOwn.map((one, place) => {
      if (place !== at) return { ...one, signature };
      const bytes = one.signature.slice();
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return { ...one, signature: bytes as Endorsement["signature"] };
    });
  return [
    // One too few; one signer for all; votes on another hash; of another term; a stranger; a bad one at each place.
    { ...made, endorsements: withOwn.slice(1) },
    { ...made, endorsements: endorsements.map(() => ({ node: liar, signature })) },
    { ...made, endorsements },
    { ...made, term: (term + 1) as Term, endorsements },
    { ...made, endorsements: [...withOwn.slice(1), { node: 99 as NodeId, signature }] },
    ...endorsements.map((_, at) => ({ ...made, endorsements: flipped(at) })),
  ];
}

function neverApplied({ story }: Sight): void {
  must(!story.applied.has(forgedText), "a forged entry was applied");
}

/** How much work a liar's complaints make: what a leader sends to it in one second. */
const resentMax = 60;

const forging = { how: "simulator", family: "forgers", nodes: allSizes } as const;

export const forgers: readonly Behaviour[] = [
  {
    ...forging,
    id: "B17",
    name: "forged commit proofs: one vote too few, duplicates, another hash, another term, a stranger, a bad one at each place",
    mustObserve: "each is refused; nothing is committed by it",
    holdsClient: true,
    lie: (stage) => {
      const { lair, honest, liar, tell } = stage;
      const book = createVoteBook(lair);
      const used = new Set<number>();
      return {
        overhear: (envelope) => {
          const votes = book.note(envelope);
          if (votes?.of !== "commitVote" || votes.signatures.size < lair.members.quorum) return;
          const good = certificateOf(votes, lair.members.quorum);
          if (used.has(good.index)) return;
          used.add(good.index);
          for (const answer of forgedAnswers(stage, good)) {
            tellAll(stage, liar, answer, honest);
            tell("forged a commit proof");
          }
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "forged a commit proof", 8);
      neverApplied(sight);
      mustRefuse(sight, "certificate without a quorum");
      mustRefuse(sight, "certificate signed by a stranger");
      mustRefuse(sight, "endorsements not by ascending node");
      mustRefuse(sight, "invalid signature");
    },
  },
  {
    ...forging,
    id: "B18",
    name: "acknowledgements shown as commit votes: Q of the first round as a proof of the second",
    mustObserve: "refused by the domain tag",
    lie: (stage) => {
      const { lair, honest, liar, tell } = stage;
      const book = createVoteBook(lair);
      const used = new Set<string>();
      const entriesBehind = new Map<number, Pick<SyncResponse, "prevIndex" | "prevHash" | "entries">>();
      return {
        overhear: (envelope) => {
          const { body } = envelope;
          if (body.$case === "appendEntries" && body.value.entries.length > 0) {
            const { prevIndex, prevHash, entries } = body.value;
            entriesBehind.set(prevIndex + entries.length, { prevIndex, prevHash, entries });
          }
          const votes = book.note(envelope);
          if (votes?.of !== "appendEntriesResponse" || votes.signatures.size < lair.members.quorum) return;
          const certificate = certificateOf(votes, lair.members.quorum);
          const at = `${certificate.term} ${certificate.index}`;
          const behind = entriesBehind.get(certificate.index);
          if (used.has(at) || behind === undefined) return;
          used.add(at);
          const value = { ...behind, node: liar, end: { $case: "commit", value: certificate } } as const;
          tellAll(stage, liar, { $case: "syncResponse", value }, honest);
          // And one by one: the same votes under the other tag.
          for (const [node, signature] of votes.signatures) {
            const vote = { $case: "commitVote", value: { ...votes.vote, node } } as const;
            const frame = encodeEnvelope(encodeSigned(lair.members.cluster, node, vote), signature);
            for (const to of honest) lair.send(liar, to, frame);
          }
          tell("showed acknowledgements as commit votes");
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "showed acknowledgements as commit votes");
      mustRefuse(sight, "invalid signature");
    },
  },
  {
    ...forging,
    id: "B20",
    name: "acknowledgements of what is not there yet, and complaints about logs that nobody has, every 10 ms",
    mustObserve: "no commit by them; what a leader sends in answer is bounded by its heartbeats",
    weather: false,
    lie: (stage) => {
      const { lair, liar, honest, tell } = stage;
      let to: NodeId | undefined;
      let second = 0;
      let count = 0;
      const complain = (): void => {
        if (lair.now() > 2_400) return;
        const now = lair.actors(liar)?.consensus.core.term ?? (1 as Term);
        const far = lair.choose.between(1, 1_000_000) as LogIndex;
        const hash = madeUpHash(lair, far);
        tellAll(
          stage,
          liar,
          { $case: "appendEntriesResponse", value: { term: now, node: liar, index: far, hash } },
          honest,
        );
        tellAll(stage, liar, { $case: "commitVote", value: { term: now, node: liar, index: far, hash } }, honest);
        const nack = { term: now, node: liar, lastIndex: far, lastHash: hash, commitIndex: 0 as LogIndex };
        if (to !== undefined) tellAll(stage, liar, { $case: "nack", value: nack }, [to]);
        tell("complained");
        lair.later(10, complain);
      };
      lair.later(1_000, complain);
      return {
        overhear: ({ from, to: receiver, body }) => {
          if (body.$case === "appendEntries" && from !== liar) to = from;
          if (receiver !== liar || (body.$case !== "appendEntries" && body.$case !== "syncResponse")) return;
          const now = Math.floor(lair.now() / 1_000);
          if (now !== second) count = 0;
          second = now;
          if (++count === resentMax) tell("drew too many answers");
        },
        rewrite: (envelope) => (envelope.body.$case === "requestVote" ? [] : asIs(envelope)),
      };
    },
    observe: (sight) => {
      mustTell(sight, "complained", 50);
      must(!sight.told.has("drew too many answers"), `a leader sent a liar more than ${resentMax} answers in a second`);
    },
  },
  {
    ...forging,
    id: "A1",
    name: "every message in the name of another: the id in the body and the signer's differ, or the signature is the liar's",
    mustObserve: "refused; the honest node that is named suffers nothing",
    liars: aPair,
    lie: (stage) => {
      const { lair, liar, honest, tell } = stage;
      const { cluster } = lair.members;
      const names: Partial<Record<Body["$case"], string>> = {
        appendEntries: "leader",
        requestVote: "candidate",
        requestVoteResponse: "voter",
      };
      return {
        overhear: ({ from, body, frame }) => {
          if (from === liar || stage.liars.includes(from) || !lair.choose.chance(0.1)) return;
          const opened = open(frame, cluster);
          if (!opened.ok) return;
          const victim = honest[0];
          // Another's message under the liar's signature.
          const forged = lair.signBytes({ kind: "node", id: liar }, body.$case, opened.value.signed);
          // The liar as the signer, another in the body.
          const mixed = encodeSigned(cluster, liar, body);
          const field = names[body.$case] ?? "node";
          const named = { ...body, value: { ...body.value, [field]: victim } } as Body;
          const framed = lair.signBytes({ kind: "node", id: liar }, body.$case, encodeSigned(cluster, liar, named));
          const signed = lair.signBytes({ kind: "node", id: liar }, body.$case, mixed);
          for (const to of honest) for (const one of [forged, signed, framed]) lair.send(liar, to, one);
          tell("spoke in another's name");
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "spoke in another's name");
      mustRefuse(sight, "signer is not the sender named in the body");
      mustRefuse(sight, "invalid signature");
    },
  },
  {
    ...forging,
    id: "A3",
    name: "honest messages under another domain tag, in another cluster, as another kind",
    mustObserve: "refused before or by the signature; no state changes",
    lie: (stage) => {
      const { lair, liar, honest, tell } = stage;
      const { cluster } = lair.members;
      return {
        overhear: ({ from, body, frame }) => {
          if (stage.liars.includes(from) || !lair.choose.chance(0.1)) return;
          const opened = open(frame, cluster);
          if (!opened.ok) return;
          const { signature, signed } = opened.value;
          const elsewhere = signed.slice();
          const at = Buffer.from(signed).indexOf(Buffer.from(cluster));
          elsewhere[at] = (elsewhere[at] ?? 0) ^ 1;
          const frames = [encodeEnvelope(elsewhere, signature)];
          if (body.$case === "appendEntriesResponse" || body.$case === "commitVote") {
            const $case = body.$case === "commitVote" ? "appendEntriesResponse" : "commitVote";
            frames.push(encodeEnvelope(encodeSigned(cluster, from, { $case, value: body.value }), signature));
          }
          const renamed = signed.slice();
          renamed[7] = (renamed[7] ?? 0) ^ 1;
          frames.push(encodeEnvelope(renamed, signature));
          for (const to of honest) for (const one of frames) lair.send(liar, to, one);
          tell("sent a message as another kind");
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "sent a message as another kind");
      must(
        refusals(sight, "another cluster") > 0 && refusals(sight, "domain tag of another message") > 0,
        "not refused",
      );
      mustRefuse(sight, "invalid signature");
    },
  },
  {
    ...forging,
    id: "A5",
    name: "a leader lets one node commit, cuts it off, and helps others into office as if nothing had been",
    mustObserve: "no fork: what the one node committed is committed by all",
    liars: aPair,
    weather: false,
    lie: (stage) => {
      const { lair, honest, liars, tell } = stage;
      const alone = honest[0];
      let cutAt = Number.POSITIVE_INFINITY;
      const isCut = (): boolean => lair.now() > cutAt && lair.now() < cutAt + 1_200;
      return {
        // The one node hears all votes; the others hear no commit votes of the liars, who then deny everything.
        rewrite: (envelope) => {
          const { body, to } = envelope;
          if (isCut()) return body.$case === "requestVoteResponse" || body.$case === "timeout" ? asIs(envelope) : [];
          if (body.$case === "commitVote" && to !== alone && !liars.includes(to)) return [];
          return asIs(envelope);
        },
        overhear: ({ from, body }) => {
          if (from !== alone || cutAt < Number.POSITIVE_INFINITY) return;
          if (body.$case !== "commandResponse" && body.$case !== "commitVote") return;
          cutAt = lair.now() + 5;
          tell("let one node commit and cut it off");
        },
        passes: (from, to) => !isCut() || (from.node !== alone && to.node !== alone),
      };
    },
    observe: (sight) => mustTell(sight, "let one node commit and cut it off"),
  },
  {
    ...forging,
    id: "B51",
    name: "made-up faults of an honest node: its votes with another hash, its old messages as leader again and again",
    mustObserve: "no honest node keeps evidence against an honest one (NoFraming)",
    liars: aPair,
    options: { crashEveryMs: 700 },
    lie: (stage) => {
      const { lair, liar, honest, liars, tell } = stage;
      const old: Uint8Array[] = [];
      return {
        overhear: ({ from, body, frame }) => {
          if (liars.includes(from) || !lair.choose.chance(0.05)) return;
          if (body.$case === "appendEntriesResponse" || body.$case === "commitVote") {
            const vote = { ...body, value: { ...body.value, hash: madeUpHash(lair, body.value.index) } };
            const signed = encodeSigned(lair.members.cluster, from, vote);
            const opened = open(frame, lair.members.cluster);
            const frames = [lair.signBytes({ kind: "node", id: liar }, body.$case, signed)];
            if (opened.ok) frames.push(encodeEnvelope(signed, opened.value.signature));
            for (const to of honest) for (const one of frames) lair.send(liar, to, one);
            tell("made up a second vote");
          }
          if (body.$case === "appendEntries") old.push(frame);
          const again = old[lair.choose.between(0, Math.max(0, old.length - 1))];
          if (again !== undefined) for (const to of honest) lair.send(liar, to, again);
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "made up a second vote");
      mustRefuse(sight, "invalid signature");
      const accused = sight.world.nodes.flatMap(({ disk }) => disk.evidence.flatMap((one) => one.accused));
      must(
        accused.every((one) => sight.stage.liars.includes(one)),
        "evidence against an honest node is kept",
      );
    },
  },
];
