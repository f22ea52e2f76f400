/**
 * A liar that tries everything at random: votes for what it has not got, certificates put together from whatever signatures it
 * has seen, other nodes' names, other domains, two logs for one term, wrong answers. Each trick is drawn from its stream.
 */
import { sha256 } from "../../pools/sha256.ts";
import { chainer, leafHash } from "../../wire/chain.ts";
import { encodeSigned, open } from "../../wire/envelope.ts";
import { Signed } from "../../wire/gen/juno.ts";
import { faultyMax, quorumOf } from "../../wire/quorum.ts";
import type {
  AppendEntries,
  Body,
  Certificate,
  Digest,
  ElectionProof,
  Endorsement,
  Entry,
  LogIndex,
  NodeId,
  Point,
  Signature,
  SyncResponse,
  Term,
  TimeoutCertificate,
} from "../../wire/types.ts";
import type { Adversary, Cast, Envelope, Lair, Said, Tricks } from "../sim/adversary.ts";
import type { Random } from "../sim/random.ts";
import { secondForm } from "./malleable-crypto.ts";

/** Every honest node's rule is tried by it; up to f nodes lie. */
export const rogue: Adversary = rogueWith((command) => command);

/** The same, where each signature has a second form: commands come again under that. */
export const malleatingRogue: Adversary = rogueWith(secondForm);

/** `repeated` is what becomes of a command that was overheard, before it is sent again. */
function rogueWith(repeated: (command: Uint8Array) => Uint8Array): Adversary {
  return { name: "rogue", cast, start: (lair) => createTricks(lair, repeated) };
}

function cast(choose: Random, { nodes, faulty }: { readonly nodes: number; readonly faulty: number }): Cast {
  const ids = Array.from({ length: nodes }, (_, id) => id as NodeId);
  const liars: NodeId[] = [];
  while (liars.length < faulty) {
    const id = choose.pick(ids);
    if (!liars.includes(id)) liars.push(id);
  }
  return { liars };
}

type VoteKind = "appendEntriesResponse" | "commitVote";

/** What it has seen so far; the newest last. */
type Memory = {
  readonly points: Point[];
  readonly entries: Entry[];
  readonly locks: Certificate[];
  readonly timeouts: TimeoutCertificate[];
  readonly proofs: ElectionProof[];
  readonly asked: { candidate: NodeId; term: Term; lock: Point }[];
  readonly frames: Uint8Array[];
  readonly ends: NonNullable<SyncResponse["end"]>[];
  readonly appends: { readonly prev: Point; readonly entries: readonly Entry[]; readonly end: Point }[];
  /** Signatures by statement, then by signer. */
  readonly signatures: Map<string, Map<NodeId, Signature>>;
  term: Term;
};

const rememberedMax = 60;
const chain = chainer(sha256);
const kinds: readonly VoteKind[] = ["appendEntriesResponse", "commitVote"];

function createTricks(lair: Lair, repeated: (command: Uint8Array) => Uint8Array): Tricks {
  const { choose, cast, members, faulty } = lair;
  const everyone = [...members.validators.keys()];
  const honest = everyone.filter((id) => !cast.liars.includes(id));
  const quorum = quorumOf(everyone.length);
  const genesis: Point = { term: 0 as Term, index: 0 as LogIndex, hash: members.cluster };
  const seen: Memory = {
    points: [genesis],
    entries: [],
    locks: [],
    timeouts: [],
    proofs: [],
    asked: [],
    frames: [],
    appends: [],
    ends: [],
    signatures: new Map(),
    term: 1 as Term,
  };
  // How much of which it does is drawn for each run: who lies about all at once is soon found out.
  const eagerness = choose.pick([0.05, 0.2, 0.5]);
  const tricks = [
    vote,
    vote,
    grant,
    askForTerm,
    askForVotes,
    append,
    append,
    sync,
    sync,
    stolenName,
    otherDomain,
    replay,
  ];
  const liked = tricks.filter(() => choose.chance(0.6));
  const withholds = choose.chance(0.3);
  const lies = choose.chance(0.5);
  const twoFaced = choose.chance(0.6);
  const twists = choose.chance(0.4);
  const rushes = choose.chance(0.4);
  let rushedTerm = 0;

  function keep<T>(list: T[], item: T): void {
    list.push(item);
    if (list.length > rememberedMax) list.shift();
  }

  function overhear({ frame, body }: Envelope): void {
    if (choose.chance(0.05)) keep(seen.frames, frame);
    switch (body.$case) {
      case "appendEntriesResponse":
      case "commitVote": {
        const { term, index, hash, node } = body.value;
        keep(seen.points, { term, index, hash });
        noteTerm(term);
        const opened = open(frame, members.cluster);
        if (opened.ok) noteSignature(body.$case, body.value, node, opened.value.signature);
        return;
      }
      case "appendEntries":
        noteTerm(body.value.term);
        for (const entry of body.value.entries) keep(seen.entries, { ...entry, command: repeated(entry.command) });
        if (body.value.entries.length > 0) keep(seen.appends, appendOf(body.value));
        keep(seen.points, pointAt(body.value.term, body.value.prevIndex, body.value.prevHash));
        if (body.value.proof !== undefined) keep(seen.proofs, body.value.proof);
        return;
      case "requestVote": {
        const { term, candidate, lock, timeout } = body.value;
        if (lock !== undefined) keep(seen.locks, lock);
        if (timeout !== undefined) keep(seen.timeouts, timeout);
        const point = lock ?? genesis;
        keep(seen.asked, { term, candidate, lock: pointAt(point.term, point.index, point.hash) });
        if (twists && !cast.liars.includes(candidate)) for (const liar of cast.liars) twist(liar);
        return;
      }
      case "syncResponse":
        if (body.value.end !== undefined) keep(seen.ends, body.value.end);
        return;
      case "timeout": {
        const opened = open(frame, members.cluster);
        if (opened.ok) remember(`timeout ${body.value.term}`, body.value.node, opened.value.signature);
        if (rushes) rush(body.value.term);
        return;
      }
      case "requestVoteResponse":
        if (body.value.voterLock !== undefined) keep(seen.locks, body.value.voterLock);
        return;
      default:
        return;
    }
  }

  function noteTerm(term: Term): void {
    // What liars say of terms must not run away with the liar itself.
    if (term > seen.term && term < seen.term + 5) seen.term = term;
  }

  function noteSignature(kind: VoteKind, point: Point, node: NodeId, signature: Signature): void {
    remember(statementKey(kind, point), node, signature);
  }

  function remember(statement: string, node: NodeId, signature: Signature): void {
    const by = seen.signatures.get(statement) ?? new Map<NodeId, Signature>();
    seen.signatures.set(statement, by);
    by.set(node, signature);
  }

  const point = (): Point => choose.pick(choose.chance(0.7) ? seen.points.slice(-8) : seen.points);
  const term = (): Term => Math.max(1, seen.term + choose.pick([0, 0, 0, 1, -1, 2])) as Term;
  const receivers = (): readonly NodeId[] => (choose.chance(0.5) ? honest : honest.filter(() => choose.chance(0.5)));

  function say(from: NodeId, body: Body, to: readonly NodeId[] = receivers()): void {
    const frame = lair.sign(from, body);
    for (const node of to) lair.send(from, node, frame);
  }

  function voteOf(node: NodeId, kind: VoteKind, of: Point): Body {
    const at = of.term === 0 || choose.chance(0.2) ? term() : of.term;
    return { $case: kind, value: { term: at, node, index: of.index, hash: of.hash } };
  }

  /** B09, B19, B20: for a log it has not got, in whatever term. */
  function vote(from: NodeId): void {
    const of = point();
    const other = { ...of, hash: point().hash };
    say(from, voteOf(from, choose.pick(kinds), choose.chance(0.8) ? of : other));
  }

  /** B09, B10: to anyone who asks, at any lock; refusals, too. */
  function grant(from: NodeId): void {
    const wish = seen.asked.length > 0 ? choose.pick(seen.asked) : undefined;
    if (wish === undefined) return;
    const { hash } = point();
    const lock = choose.chance(0.6) ? wish.lock : choose.chance(0.5) ? { ...wish.lock, hash } : point();
    const granted = choose.chance(0.8);
    const voterLock = granted || seen.locks.length === 0 ? undefined : choose.pick(seen.locks);
    const value = {
      term: choose.chance(0.8) ? wish.term : term(),
      voter: from,
      candidate: wish.candidate,
      lock,
      granted,
      voterLock,
    };
    say(from, { $case: "requestVoteResponse", value }, choose.chance(0.7) ? [wish.candidate] : honest);
  }

  /** At once, to the newest who asks: at the same place of another log. */
  function twist(from: NodeId): void {
    const wish = seen.asked.at(-1);
    if (wish === undefined) return;
    const lock = { ...wish.lock, hash: point().hash };
    const value = {
      term: wish.term,
      voter: from,
      candidate: wish.candidate,
      lock,
      granted: true,
      voterLock: undefined,
    };
    say(from, { $case: "requestVoteResponse", value }, [wish.candidate]);
  }

  /** B11. */
  function askForTerm(from: NodeId): void {
    say(from, { $case: "timeout", value: { term: (seen.term + choose.pick([1, 1, 2, 50])) as Term, node: from } });
  }

  /** B12: with a lock that it claims. */
  function askForVotes(from: NodeId): void {
    const of = term();
    const known = seen.timeouts.filter((one) => one.term === of);
    const asked = seen.signatures.get(`timeout ${of}`);
    const timeout =
      known.length > 0 && choose.chance(0.6) ? choose.pick(known) : { term: of, endorsements: forged(from, asked) };
    const claimed = point();
    const acknowledged = seen.signatures.get(statementKey("appendEntriesResponse", claimed));
    const fake = { ...claimed, term: Math.max(1, claimed.term) as Term, endorsements: forged(from, acknowledged) };
    const lock = claimed.index > 0 && choose.chance(0.6) ? fake : seen.locks.at(-1);
    say(from, { $case: "requestVote", value: { term: of, candidate: from, lock, timeout } });
  }

  /** A10: asks for votes the moment a term may begin, before anyone's rank is due, with a lock that beats all others. */
  function rush(of: Term): void {
    const asked = seen.signatures.get(`timeout ${of}`);
    const [from] = cast.liars;
    if (of <= rushedTerm || from === undefined || (asked?.size ?? 0) < quorum - 1) return;
    rushedTerm = of;
    const claimed = point();
    const acknowledged = seen.signatures.get(statementKey("appendEntriesResponse", claimed));
    const lock = { ...claimed, term: Math.max(1, of - 1) as Term, endorsements: forged(from, acknowledged) };
    const own = { term: of, node: from };
    const opened = open(lair.sign(from, { $case: "timeout", value: own }), members.cluster);
    if (opened.ok) remember(`timeout ${of}`, from, opened.value.signature);
    const timeout = { term: of, endorsements: sorted(listed(asked)).slice(0, quorum) };
    const body: Body = { $case: "requestVote", value: { term: of, candidate: from, lock, timeout } };
    for (const delay of [0, 50, 200, 500]) lair.later(delay, () => say(from, body, honest));
  }

  function listed(signatures: ReadonlyMap<NodeId, Signature> | undefined): Endorsement[] {
    return [...(signatures ?? [])].map(([node, signature]) => ({ node, signature }));
  }

  /** B13-B17: Q signatures that are none, or too few, or one many times, or of another statement. */
  function forged(from: NodeId, real: ReadonlyMap<NodeId, Signature> | undefined): Endorsement[] {
    const own = new Uint8Array(64).fill(1) as Signature;
    const found = listed(real);
    const [first = { node: from, signature: own }] = found;
    switch (choose.between(0, 4)) {
      case 0:
        return sorted(found).slice(0, quorum);
      case 1:
        return Array.from({ length: quorum }, () => first);
      case 2:
        return sorted(found).slice(0, Math.max(1, quorum - 1));
      case 3: {
        const missing = everyone.filter((id) => !found.some(({ node }) => node === id));
        return sorted([...found, ...missing.map((node) => ({ node, signature: own }))]).slice(0, quorum);
      }
      default:
        return everyone.slice(0, quorum).map((node) => ({ node, signature: own }));
    }
  }

  function sorted(endorsements: readonly Endorsement[]): Endorsement[] {
    return endorsements.toSorted((a, b) => a.node - b.node);
  }

  /** Entries behind a point, and the hash at their end. */
  function logBehind(prev: Point, of: Term): { entries: Entry[]; end: Point } {
    const entries =
      seen.entries.length === 0
        ? []
        : [choose.pick(seen.entries), choose.pick(seen.entries)].slice(choose.between(0, 1));
    const inTerm = entries.map((entry) => ({ ...entry, term: choose.chance(0.8) ? of : entry.term }));
    if (inTerm.length > 0 && choose.chance(0.2)) {
      const [one] = inTerm;
      // B27: a command that no client has signed.
      if (one !== undefined) inTerm[0] = { ...one, command: one.command.with(one.command.length - 1, 7) };
    }
    let { hash } = prev;
    for (const [i, entry] of inTerm.entries()) {
      hash = chain(hash, (prev.index + 1 + i) as LogIndex, entry.term, leafHash(sha256, entry.command));
    }
    const index = (prev.index + inTerm.length) as LogIndex;
    return { entries: inTerm, end: pointAt(of, index, choose.chance(0.95) ? hash : prev.hash) };
  }

  /** B01, B02, B16: as a leader, elected or not. */
  function append(from: NodeId): void {
    const of = choose.chance(0.8) ? seen.term : term();
    const prev = point();
    const mine = seen.proofs.filter((one) => one.leader === from && one.term === of);
    const lock = prev;
    const fake: ElectionProof = { term: of, leader: from, lock, endorsements: forged(from, undefined) };
    const { entries, end } = logBehind(prev, of);
    const usable = entries.filter((entry) => entry.term <= of);
    if (usable.length < entries.length) return;
    const value = {
      term: of,
      leader: from,
      prevIndex: prev.index,
      prevHash: prev.hash,
      entries,
      endHash: end.hash,
      proof: choose.chance(0.3) ? undefined : choose.pick([mine.at(-1) ?? fake, fake, seen.proofs.at(-1) ?? fake]),
    };
    say(from, { $case: "appendEntries", value });
  }

  /** B17, B42: a chain that ends in a certificate of its own making. */
  function sync(from: NodeId): void {
    const real = seen.appends.length > 0 && choose.chance(0.6) ? choose.pick(seen.appends) : undefined;
    const prev = real?.prev ?? (choose.chance(0.3) ? genesis : point());
    const of = Math.max(1, choose.chance(0.6) ? prev.term : seen.term) as Term;
    const { entries, end } = real ?? logBehind(prev, of);
    if (end.index === 0) return;
    const kind = choose.pick(["commit", "replication"] as const);
    const statement = statementKey(kind === "commit" ? "commitVote" : "appendEntriesResponse", end);
    const value = { ...end, endorsements: forged(from, seen.signatures.get(statement)) };
    const other = seen.ends.length > 0 && choose.chance(0.3) ? choose.pick(seen.ends) : undefined;
    const body: Body = {
      $case: "syncResponse",
      value: {
        node: from,
        prevIndex: prev.index,
        prevHash: prev.hash,
        entries,
        end: other ?? { $case: kind, value },
      },
    };
    say(from, body);
  }

  /** A1: in an honest node's name, with its own key. */
  function stolenName(from: NodeId): void {
    const victim = choose.pick(honest);
    const wish = seen.asked.at(-1);
    const bodies: Body[] = [
      voteOf(victim, choose.pick(kinds), point()),
      { $case: "timeout", value: { term: (seen.term + 1) as Term, node: victim } },
    ];
    if (wish !== undefined) {
      const value = { ...wish, voter: victim, granted: true, voterLock: undefined };
      bodies.push({ $case: "requestVoteResponse", value });
    }
    const body = choose.pick(bodies);
    const signed = encodeSigned(members.cluster, choose.chance(0.5) ? from : victim, body);
    const frame = lair.signBytes({ kind: "node", id: from }, body.$case, signed);
    for (const node of honest) lair.send(from, node, frame);
  }

  /** A3, B15, B18, B33: its own vote, signed for another purpose or another cluster. */
  function otherDomain(from: NodeId): void {
    const body = voteOf(from, choose.pick(kinds), point());
    const other = choose.chance(0.5);
    const cluster = other ? members.cluster : (new Uint8Array(32).fill(9) as Digest);
    const own = Signed.decode(encodeSigned(members.cluster, from, body)).domain;
    const domain = other ? "juno/other" : own;
    const signed = Signed.encode({ domain, cluster, signer: from, body }).finish();
    const frame = lair.signBytes({ kind: "node", id: from }, body.$case, signed);
    for (const node of honest) lair.send(from, node, frame);
  }

  /** B28. */
  function replay(from: NodeId): void {
    if (seen.frames.length > 0) lair.send(from, choose.pick(honest), choose.pick(seen.frames));
  }

  /** Two logs for one term: to some of its followers other entries than to the rest. */
  function rewrite({ from, to, frame, body }: Envelope): readonly Said[] {
    if (withholds && choose.chance(0.3)) return [];
    if (!twoFaced || body.$case !== "appendEntries" || body.value.entries.length === 0) return [{ to, frame }];
    if ((to + from) % 2 === 0 || choose.chance(0.2)) return [{ to, frame }];
    const { value } = body;
    const prev = pointAt(value.term, value.prevIndex, value.prevHash);
    const { entries, end } = logBehind(prev, value.term);
    if (entries.some((entry) => entry.term > value.term)) return [{ to, frame }];
    return [
      { to, frame: lair.sign(from, { $case: "appendEntries", value: { ...value, entries, endHash: end.hash } }) },
    ];
  }

  return {
    overhear,
    rewrite,
    tick: (node) => {
      if (liked.length > 0 && faulty > 0 && choose.chance(eagerness)) choose.pick(liked)(node);
    },
    answer: (from, _, frame, body) => {
      if (!lies || body.$case !== "commandResponse") return [frame];
      const results = body.value.results.map((result) => ({ ...result, outcome: Buffer.from("a lie") }));
      return [lair.sign(from, { $case: "commandResponse", value: { ...body.value, results } })];
    },
  };
}

function pointAt(term: Term, index: LogIndex, hash: Digest): Point {
  return { term, index, hash };
}

function appendOf({ term, prevIndex, prevHash, entries, endHash }: AppendEntries): Memory["appends"][number] {
  const end = pointAt(term, (prevIndex + entries.length) as LogIndex, endHash);
  return { prev: pointAt(term, prevIndex, prevHash), entries, end };
}

function statementKey(kind: VoteKind, { term, index, hash }: Point): string {
  return `${kind} ${term} ${index} ${Buffer.from(hash).toString("hex")}`;
}

/** Most liars that a cluster of this size stands. */
export function liarsOf(nodes: number): number {
  return faultyMax(nodes);
}
