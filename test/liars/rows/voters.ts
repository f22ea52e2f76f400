/** Liars in elections: votes, candidacies, terms and proofs that are not what they seem: B09-B15, A2, A8-A11. */
import { endorsementsOf } from "../../../wire/certificate.ts";
import type {
  ElectionProof,
  LogIndex,
  NodeId,
  RequestVote,
  RequestVoteResponse,
  Signature,
  Term,
} from "../../../wire/types.ts";
import type { Envelope, Said, Tricks } from "../../sim/adversary.ts";
import {
  allOfThem,
  allSizes,
  aPair,
  type Behaviour,
  must,
  mustTell,
  type Sight,
  type Stage,
  tellProven,
} from "../behaviour.ts";
import { createVoteBook, endHashOf, grantOf, madeUpHash, signatureOf, tellAll } from "../craft.ts";
import { hugeTimeout } from "../raw-timeout.ts";
import { mustRefuse } from "../refusals.ts";

const farIndex = (Number.MAX_SAFE_INTEGER - 1) as LogIndex;

const asIs = ({ to, frame }: Envelope): Said[] => [{ to, frame }];

/** Cuts that come and go make several candidates of a term. */
const torn = { cutEveryMs: 300, cuts: ["halves", "leader"], loss: 0.1, crashEveryMs: 700 } as const;

/** Answers every request for a vote with a grant, whatever its actors think. */
function grantAll(stage: Stage): Tricks {
  const { lair, liars, tell } = stage;
  const voted = new Map<string, NodeId>();
  return {
    overhear: ({ body }) => {
      if (body.$case !== "requestVote" || liars.includes(body.value.candidate)) return;
      const { candidate, term, lock } = body.value;
      const {
        term: lockTerm,
        index,
        hash,
      } = lock ?? { term: 0 as Term, index: 0 as LogIndex, hash: lair.members.cluster };
      const point = { term: lockTerm, index, hash };
      for (const voter of liars) {
        const before = voted.get(`${voter} ${term}`);
        if (before !== undefined && before !== candidate) tell("voted twice");
        voted.set(`${voter} ${term}`, candidate);
        lair.send(voter, candidate, lair.sign(voter, grantOf(voter, candidate, term, point)));
        tell("granted");
      }
    },
    // They leave it to others to lead; and their actors' own answers would only take something back.
    rewrite: (envelope) => (/^requestVote/.test(envelope.body.$case) ? [] : asIs(envelope)),
  };
}

/** Terms that liars make up; no run comes so far. */
const claimedTermMin = 60;

/** Calls `use` with the proof of each election that somebody shows. */
function proofsSeen(use: (proof: ElectionProof, leader: NodeId) => void): Tricks {
  const seen = new Set<number>();
  return {
    overhear: ({ body }) => {
      if (body.$case !== "appendEntries" || body.value.proof === undefined || seen.has(body.value.term)) return;
      if (body.value.term >= claimedTermMin) return;
      seen.add(body.value.term);
      use(body.value.proof, body.value.leader);
    },
  };
}

/** A heartbeat in which the liar says that it leads `term`, with a proof. */
function claim({ lair, liar }: Stage, term: Term, proof: ElectionProof, to: readonly NodeId[]): void {
  const hash = lair.members.cluster;
  const endHash = endHashOf(lair, 0, hash, []);
  const value = { term, leader: liar, prevIndex: 0 as LogIndex, prevHash: hash, entries: [], endHash, proof };
  const frame = lair.sign(liar, { $case: "appendEntries", value });
  for (const node of to) lair.send(liar, node, frame);
}

/** Honest nodes believe nobody that no quorum of them and the liars has elected. */
function neverBelieved(sight: Sight): void {
  const { stage, story } = sight;
  const claimed = story.reigns.filter(({ node, term }) => node === stage.liar && term >= claimedTermMin);
  must(claimed.length === 0, "a claim without an election was believed");
}

const electing = { how: "simulator", family: "voters", nodes: allSizes } as const;

export const voters: readonly Behaviour[] = [
  {
    ...electing,
    id: "B09",
    name: "double voters: a grant to every candidate of a term",
    mustObserve:
      "one election certificate a term at most (ElectionSafety); a lost candidate that had a vote which is in the winner's proof, too, keeps both as evidence",
    nodes: [4, 7, 10],
    liars: allOfThem,
    options: torn,
    somewhere: ["granted", "voted twice", "proven"],
    lie: grantAll,
    observe: tellProven,
  },
  {
    ...electing,
    id: "B10",
    name: "votes for anyone, whatever lock it shows, among crashes and cuts",
    mustObserve: "no committed entry is lost (LeaderCompleteness, AnsweredIsForever)",
    liars: allOfThem,
    options: { ...torn, crashAtPoint: 0.5, allDownEveryMs: 900 },
    somewhere: ["granted"],
    lie: grantAll,
    observe: () => undefined,
  },
  {
    ...electing,
    id: "B11",
    name: "runaway candidate: a higher term every 5 ms, and terms of 2^53 - 1 and 2^64 - 1",
    mustObserve: "terms rise by at most one a timeout; terms that no number holds are refused and counted",
    weather: false,
    lie: (stage) => {
      const { lair, liar, honest } = stage;
      let term = 2;
      const run = (): void => {
        if (lair.now() > 2_400) return;
        term = lair.choose.chance(0.02) ? Number.MAX_SAFE_INTEGER : term + 1;
        if (term === Number.MAX_SAFE_INTEGER) stage.tell("asked for the last term");
        tellAll(stage, liar, { $case: "timeout", value: { term: term as Term, node: liar } }, honest);
        if (term === Number.MAX_SAFE_INTEGER) term = 1_000;
        if (lair.choose.chance(0.02)) {
          stage.tell("asked for a term beyond numbers");
          const frame = lair.signBytes({ kind: "node", id: liar }, "timeout", hugeTimeout(lair.members.cluster, liar));
          for (const node of honest) lair.send(liar, node, frame);
        }
        stage.tell("asked for a term");
        lair.later(5, run);
      };
      lair.later(300, run);
      return {};
    },
    observe: (sight) => {
      mustTell(sight, "asked for a term", 100);
      const { story, told } = sight;
      must(story.highestTerm() <= 6, `terms have run away to ${story.highestTerm()}`);
      if (told.has("asked for a term beyond numbers")) mustRefuse(sight, "malformed or non-canonical message");
    },
  },
  {
    ...electing,
    id: "B12",
    name: "lying candidate: its request for votes shows a lock that no quorum signed",
    mustObserve: "refused: claims are certificates; it wins nothing by it",
    liars: aPair,
    lie: (stage) => {
      const { lair, tell } = stage;
      return {
        rewrite: (envelope) => {
          const { body, from, to } = envelope;
          if (body.$case !== "requestVote") return asIs(envelope);
          const { timeout, term } = body.value;
          const signed = timeout?.endorsements ?? [];
          const lock = { term, index: farIndex, hash: madeUpHash(lair, 1), endorsements: signed };
          tell("claimed a lock");
          return [{ to, frame: lair.sign(from, { $case: "requestVote", value: { ...body.value, lock } }) }];
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "claimed a lock");
      must(!sight.stage.liars.includes(sight.story.reigns[0]?.node as NodeId), "a made-up lock won an election");
      mustRefuse(sight, "invalid signature");
    },
  },
  {
    ...electing,
    id: "B13",
    name: "a proof of election made of refusals",
    mustObserve: "refused: only grants prove an election",
    lie: (stage) => {
      const { lair, liar, liars, honest, tell } = stage;
      const refusals = new Map<NodeId, RequestVoteResponse & { signature: Signature }>();
      let asked: RequestVote | undefined;
      return {
        overhear: ({ body, frame }) => {
          if (body.$case === "requestVote" && body.value.candidate !== liar) asked = body.value;
          if (body.$case === "requestVoteResponse" && body.value.granted && asked?.term === body.value.term) {
            // Who has just given its vote to another refuses the liar's request.
            const value = { ...asked, candidate: liar };
            if (!liars.includes(body.value.voter))
              tellAll(stage, liar, { $case: "requestVote", value }, [body.value.voter]);
          }
          if (body.$case !== "requestVoteResponse" || body.value.granted || body.value.candidate !== liar) return;
          const signature = signatureOf(lair, frame);
          if (signature === undefined) return;
          refusals.set(body.value.voter, { ...body.value, signature });
          const of = [...refusals.values()].filter(({ term }) => term === body.value.term);
          // Whoever has not refused yet is said to have signed the same.
          const signers = new Map([...lair.members.validators.keys()].map((node) => [node, signature]));
          for (const one of of) signers.set(one.voter, one.signature);
          const endorsements = endorsementsOf(signers, lair.members.quorum);
          const proof = { term: body.value.term, leader: liar, lock: body.value.lock, endorsements };
          claim(stage, body.value.term, proof, honest);
          tell("claimed an election by refusals");
        },
        // It leaves office to others, and asks for votes where they rule.
        rewrite: (envelope) => (envelope.body.$case === "requestVote" ? [] : asIs(envelope)),
      };
    },
    observe: (sight) => {
      mustTell(sight, "claimed an election by refusals");
      must(
        sight.story.reigns.every(({ node }) => node !== sight.stage.liar),
        "refusals have elected a leader",
      );
      mustRefuse(sight, "invalid signature");
    },
  },
  {
    ...electing,
    id: "B14",
    name: "a proof of election with one signer many times, or with its own votes under others' ids",
    mustObserve: "refused: signers are distinct, and each signed as itself",
    lie: (stage) => {
      const { lair, liar, honest, tell } = stage;
      const { quorum, validators, cluster } = lair.members;
      const forge = (): void => {
        if (lair.now() > 2_400) return;
        const term = claimedTermMin as Term;
        const lock = { term: 0 as Term, index: 0 as LogIndex, hash: cluster };
        const own = signatureOf(lair, lair.sign(liar, grantOf(liar, liar, term, lock)));
        if (own === undefined) return;
        const same = Array.from({ length: quorum }, () => ({ node: liar, signature: own }));
        claim(stage, term, { term, leader: liar, lock, endorsements: same }, honest);
        const others = [...validators.keys()].slice(0, quorum).map((node) => ({ node, signature: own }));
        claim(stage, term, { term, leader: liar, lock, endorsements: others }, honest);
        tell("claimed an election by its own votes");
        lair.later(200, forge);
      };
      lair.later(200, forge);
      return {};
    },
    observe: (sight) => {
      mustTell(sight, "claimed an election by its own votes");
      mustRefuse(sight, "endorsements not by ascending node");
      mustRefuse(sight, "invalid signature");
      neverBelieved(sight);
    },
  },
  {
    ...electing,
    id: "B15",
    name: "a proof of election of another term, of another leader, or of another cluster",
    mustObserve: "refused",
    lie: (stage) => {
      const { lair, liar, honest, tell } = stage;
      return proofsSeen((proof) => {
        const term = (proof.term + claimedTermMin) as Term;
        claim(stage, term, proof, honest);
        claim(stage, term, { ...proof, term, leader: liar }, honest);
        const other = lair.sign(liar, { $case: "timeout", value: { term, node: liar } }).slice();
        const at = Buffer.from(other).indexOf(Buffer.from(lair.members.cluster));
        other[at] = (other[at] ?? 0) ^ 1;
        for (const node of honest) lair.send(liar, node, other);
        tell("showed another election's proof");
      });
    },
    observe: (sight) => {
      mustTell(sight, "showed another election's proof");
      mustRefuse(sight, "proof of another election");
      mustRefuse(sight, "invalid signature");
      mustRefuse(sight, "another cluster");
      neverBelieved(sight);
    },
  },
  {
    ...electing,
    id: "A9",
    name: "election spam: a request for votes every 5 ms, with an old timeout certificate",
    mustObserve: "an honest leader stays in office and works",
    weather: false,
    lie: (stage) => {
      const { lair, liar, honest, tell } = stage;
      let request: Envelope["body"] | undefined;
      const spam = (): void => {
        if (request?.$case === "requestVote") {
          tell("asked for votes");
          tellAll(stage, liar, { $case: "requestVote", value: { ...request.value, candidate: liar } }, honest);
        }
        if (lair.now() < 2_400) lair.later(5, spam);
      };
      lair.later(100, spam);
      return {
        overhear: ({ body }) => {
          if (body.$case === "requestVote" && body.value.candidate !== liar) request = body;
        },
        // It lets another be elected first.
        rewrite: (envelope) => (envelope.body.$case === "requestVote" ? [] : asIs(envelope)),
      };
    },
    observe: (sight) => {
      mustTell(sight, "asked for votes", 50);
      must(sight.story.highestTerm() <= 2, `the leader was deposed: term ${sight.story.highestTerm()}`);
    },
  },
  {
    ...electing,
    id: "A10",
    name: "rush and stall: asks for votes in every term at once, whatever its rank, and orders nothing once elected",
    mustObserve: "it leads the terms of its own rank at most; commands commit",
    lie: (stage) => {
      const { liar, honest, tell } = stage;
      const asked = new Set<number>();
      return {
        overhear: ({ body }) => {
          if (body.$case !== "requestVote" || asked.has(body.value.term)) return;
          asked.add(body.value.term);
          tellAll(stage, liar, { $case: "requestVote", value: { ...body.value, candidate: liar } }, honest);
          tell("rushed");
        },
        rewrite: (envelope) => {
          const { body } = envelope;
          return body.$case === "appendEntries" && body.value.entries.length > 0 ? [] : asIs(envelope);
        },
      };
    },
    observe: (sight) => {
      mustTell(sight, "rushed");
      const { stage, story } = sight;
      const { size } = stage.lair.members.validators;
      const foreign = story.reigns.filter(({ node, term }) => node === stage.liar && term % size !== stage.liar);
      must(foreign.length === 0, "it was elected out of turn");
    },
  },
  {
    ...electing,
    id: "A11",
    name: "vetoes: refusals with made-up locks, grants for another chain, acknowledgements of a huge index",
    mustObserve: "elections and commits still finish",
    liars: allOfThem,
    options: { crashEveryMs: 800 },
    lie: (stage) => {
      const { lair, tell } = stage;
      const book = createVoteBook(lair);
      return {
        overhear: (envelope) => void book.note(envelope),
        rewrite: ({ from, to, frame, body }) => {
          if (body.$case === "appendEntriesResponse" || body.$case === "commitVote") {
            const far = { ...body.value, index: farIndex, hash: madeUpHash(lair, 2) };
            tell("acknowledged a huge index");
            return [
              { to, frame },
              { to, frame: lair.sign(from, { ...body, value: far }) },
            ];
          }
          if (body.$case !== "requestVoteResponse" || from === to) return [{ to, frame }];
          tell("vetoed");
          const known = [...book.points.values()].find(({ signatures }) => signatures.size >= lair.members.quorum);
          const endorsements = [...(known?.signatures ?? [])].map(([node, signature]) => ({ node, signature }));
          const voterLock = {
            term: body.value.term,
            index: farIndex,
            hash: madeUpHash(lair, 3),
            endorsements: endorsements.sort((a, b) => a.node - b.node).slice(0, lair.members.quorum),
          };
          const refusal = { ...body.value, granted: false, voterLock };
          const lock = { ...(body.value.lock ?? { term: 0 as Term, index: 0 as LogIndex }), hash: madeUpHash(lair, 4) };
          const poisoned = { ...body.value, granted: true, voterLock: undefined, lock };
          return [refusal, poisoned].map((value) => ({
            to,
            frame: lair.sign(from, { $case: "requestVoteResponse", value }),
          }));
        },
      };
    },
    observe: (sight) => mustTell(sight, "acknowledged a huge index"),
  },
];
