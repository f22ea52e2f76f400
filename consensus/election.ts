/**
 * How terms begin and leaders are elected: timeouts, timeout certificates, candidates by rank, votes by lock.
 * Source: docs/protocol.md, Election.
 */
import { endorsementsOf } from "../wire/certificate.ts";
import {
  type Certificate,
  type LogIndex,
  type NodeId,
  type Point,
  type RequestVote,
  type RequestVoteResponse,
  type Signature,
  sameBytes,
  type Term,
  type Timeout,
  type TimeoutCertificate,
} from "../wire/types.ts";
import { becomeLeader } from "./lead.ts";
import { holds, holdsLockChain, restoreLockChain } from "./log.ts";
import type { Effect, Outgoing } from "./protocol.ts";
import {
  commitIndexOf,
  comparePoints,
  followerOf,
  mayAsk,
  pointOf,
  rankOf,
  restartTimer,
  type State,
  scaled,
} from "./state.ts";

/** Asks everyone for a term, because there was no progress or because others ask. It promises nothing. */
export function askFor(state: State, term: Term): Effect[] {
  state.askedTerm = Math.max(term, state.askedTerm) as Term;
  const value: Timeout = { term: state.askedTerm, node: state.config.self };
  return [send({ kind: "body", to: "everyone", body: { $case: "timeout", value } })];
}

/** Gives up on the current term: an honest node asks for the next one, or again for the one it asked for. */
export function giveUpTerm(state: State): Effect[] {
  return askFor(state, (state.term + 1) as Term);
}

/** The election timer fired. */
export function onTimerFired(state: State): Effect[] {
  state.backoff++;
  restartTimer(state);
  const asked = Math.max(state.term + 1, state.askedTerm);
  return [{ kind: "note", level: "info", text: `no progress: asking for term ${asked}` }, ...giveUpTerm(state)];
}

export function onTimeout(state: State, value: Timeout, signature: Signature): Effect[] {
  if (value.term <= state.term) return answerTimeout(state, value);
  const known = state.timeouts.get(value.node);
  if (known !== undefined && known.term > value.term) state.answers.set(value.node, { term: value.term, signature });
  else state.timeouts.set(value.node, { term: value.term, signature, tick: state.tick });
  const certificate = timeoutCertificate(state, value.term);
  if (certificate !== undefined) return enterTerm(state, value.term, certificate);
  const wanted = termOthersWant(state);
  return wanted > state.term && wanted > state.askedTerm ? askFor(state, wanted) : [];
}

/**
 * Says to a node behind that this one is ready for the term it asks for, as all are who have left that term behind. Without it,
 * who lost or never had a term's certificate and is ahead would be missing to those who ask for that term, for ever.
 */
function answerTimeout(state: State, { node, term }: Timeout): Effect[] {
  const { self, heartbeatTicks } = state.config;
  // Of those who asked for this term with this node, some TOs come a little late.
  const quiet = Math.max(state.enteredTick, state.answeredTick.get(node) ?? 0) + heartbeatTicks;
  if (node === self || state.tick < quiet) return [];
  state.answeredTick.set(node, state.tick);
  return [send({ kind: "body", to: [node], body: { $case: "timeout", value: { term, node: self } } })];
}

/** The (f+1)-th highest term in others' recent TOs: at least one honest node asks for it. */
function termOthersWant(state: State): Term {
  const recent = state.tick - scaled(state, state.config.electionTimeoutTicksMax);
  const terms: number[] = [];
  for (const [node, timeout] of state.timeouts)
    if (node !== state.config.self && timeout.tick >= recent) terms.push(timeout.term);
  terms.sort((a, b) => b - a);
  return (terms[state.faulty] ?? 0) as Term;
}

function timeoutCertificate(state: State, term: Term): TimeoutCertificate | undefined {
  const signatures = new Map<NodeId, Signature>();
  for (const said of [state.timeouts, state.answers])
    for (const [node, timeout] of said) if (timeout.term === term) signatures.set(node, timeout.signature);
  if (signatures.size < state.quorum) return undefined;
  return { term, endorsements: endorsementsOf(signatures, state.quorum) };
}

/**
 * Enters a higher term: the promise to acknowledge, certify and vote for no lower one any more. It takes a timeout
 * certificate, or a certificate of votes cast in that term, which cannot exist without one.
 */
export function enterTerm(state: State, term: Term, certificate: TimeoutCertificate | undefined): Effect[] {
  if (term <= state.term) throw new Error(`term ${term} is not above ${state.term}`);
  const led = state.role.kind === "leader";
  state.term = term;
  state.askedTerm = Math.max(state.askedTerm, term) as Term;
  state.vote = undefined;
  state.acknowledged = 0 as LogIndex;
  state.role = followerOf(undefined, undefined);
  state.timeoutCertificate = certificate;
  state.enteredTick = state.tick;
  state.heldVotes.clear();
  state.pendingReplication = undefined;
  restartTimer(state);
  const text = `entered term ${term}${led ? ", no longer leading" : ""}`;
  return [
    { kind: "write", write: { term }, release: [] },
    { kind: "note", level: "info", text },
    ...candidacyIfDue(state),
  ];
}

/** Tick at which a candidate's rank allows voting for it in the current term. */
function dueTick(state: State, candidate: NodeId): number {
  const rank = rankOf(state, candidate, state.term);
  return state.enteredTick + rank * scaled(state, state.config.candidateDelayTicks);
}

/** Becomes a candidate once its own rank is due, in a term that has neither leader nor this node's vote. */
export function candidacyIfDue(state: State): Effect[] {
  const { role, vote, config } = state;
  const mayVote = vote === undefined || vote.candidate === config.self;
  if (role.kind !== "follower" || role.leader !== undefined || !mayVote) return [];
  if (state.timeoutCertificate === undefined || state.tick < dueTick(state, config.self)) return [];
  if (!holdsLockChain(state)) return [];
  const writes = restoreLockChain(state).map((write): Effect => ({ kind: "write", write, release: [] }));
  const lock = pointOf(state, state.lock);
  state.role = { kind: "candidate", lock, grants: new Map(), askedTick: state.tick, seeking: undefined };
  const text = `becoming candidate in term ${state.term} with lock (${lock.term}, ${lock.index})`;
  return [{ kind: "note", level: "info", text }, ...writes, ...askForVotes(state, lock)];
}

/** Votes for itself at this lock, and asks the others to. */
function askForVotes(state: State, lock: Point): Effect[] {
  const self = state.config.self;
  state.vote = { term: state.term, candidate: self, lock };
  const release = [grantOf(state, self, lock), ...requestVote(state)];
  return [{ kind: "write", write: { vote: state.vote }, release }];
}

function requestVote(state: State): Outgoing[] {
  const { term, lock, timeoutCertificate: timeout } = state;
  const value: RequestVote = { term, candidate: state.config.self, lock, timeout };
  return [{ kind: "body", to: "others", body: { $case: "requestVote", value } }];
}

function grantOf(state: State, candidate: NodeId, lock: Point): Outgoing {
  const voter = state.config.self;
  const value: RequestVoteResponse = { term: state.term, voter, candidate, lock, granted: true, voterLock: undefined };
  return { kind: "body", to: [candidate], body: { $case: "requestVoteResponse", value } };
}

/** The request carries a timeout certificate for its term, which lets this node enter it. */
export function onRequestVote(state: State, request: RequestVote): Effect[] {
  if (request.term < state.term || request.timeout === undefined) return [];
  const effects = request.term > state.term ? enterTerm(state, request.term, request.timeout) : [];
  if (state.tick >= dueTick(state, request.candidate)) return [...effects, ...decideVote(state, request)];
  state.heldVotes.set(request.candidate, request);
  return effects;
}

/** Decides on requests whose candidate's rank has become due, the lowest rank first. */
export function decideHeldVotes(state: State): Effect[] {
  if (state.heldVotes.size === 0) return [];
  const due = [...state.heldVotes.values()].filter((request) => state.tick >= dueTick(state, request.candidate));
  due.sort((a, b) => rankOf(state, a.candidate, a.term) - rankOf(state, b.candidate, b.term));
  return due.flatMap((request) => {
    state.heldVotes.delete(request.candidate);
    return request.term === state.term ? decideVote(state, request) : [];
  });
}

/**
 * The one vote of a term goes to the first candidate whose lock is not below the voter's own. The same candidate may
 * get it again at a higher lock, since it may have learned one from a refusal (docs/decisions/0003).
 */
function decideVote(state: State, request: RequestVote): Effect[] {
  const { role, vote } = state;
  const { candidate } = request;
  if (role.kind === "leader" || (role.kind === "follower" && role.leader !== undefined)) return [];
  const asked = pointOf(state, request.lock);
  const taken = vote !== undefined && (vote.candidate !== candidate || comparePoints(asked, vote.lock) < 0);
  if (taken || comparePoints(asked, pointOf(state, state.lock)) < 0) return [refusal(state, candidate, asked)];
  state.vote = { term: state.term, candidate, lock: asked };
  return [{ kind: "write", write: { vote: state.vote }, release: [grantOf(state, candidate, asked)] }];
}

function refusal(state: State, candidate: NodeId, lock: Point): Effect {
  const { term, lock: voterLock } = state;
  const value: RequestVoteResponse = { term, voter: state.config.self, candidate, lock, granted: false, voterLock };
  // It tells of this node's lock, which has to be durable before anyone may rely on it.
  const release: Outgoing[] = [{ kind: "body", to: [candidate], body: { $case: "requestVoteResponse", value } }];
  return { kind: "write", write: {}, release };
}

export function onRequestVoteResponse(state: State, response: RequestVoteResponse, signature: Signature): Effect[] {
  const { role } = state;
  const { lock, voter, voterLock } = response;
  const mine = response.term === state.term && response.candidate === state.config.self;
  if (role.kind !== "candidate" || !mine || lock === undefined) return [];
  if (response.granted) {
    // The hash too: a grant for another chain would spoil the proof for everybody.
    if (comparePoints(lock, role.lock) !== 0 || !sameBytes(lock.hash, role.lock.hash)) return [];
    role.grants.set(voter, signature);
    if (role.grants.size < state.quorum) return [];
    const endorsements = endorsementsOf(role.grants, state.quorum);
    return becomeLeader(state, { term: state.term, leader: state.config.self, lock: role.lock, endorsements });
  }
  // A lock below the commit index is on a chain that was left behind: no quorum grants a vote to it.
  if (voterLock === undefined || voterLock.index < commitIndexOf(state)) return [];
  if (comparePoints(voterLock, pointOf(state, state.lock)) <= 0) return [];
  if (holds(state, voterLock)) return raiseLock(state, voterLock);
  if (role.seeking !== undefined && comparePoints(voterLock, role.seeking) <= 0) return [];
  role.seeking = voterLock;
  return [requestChain(state, voter, voterLock)];
}

/** Asks `node` for the chain of a lock it showed. */
function requestChain(state: State, node: NodeId, lock: Certificate): Effect {
  state.fetchTick = state.tick;
  state.fetchAttempts++;
  state.fetchFailures++;
  const fromIndex = (commitIndexOf(state) + 1) as LogIndex;
  const value = { node: state.config.self, fromIndex, want: pointOf(state, lock) };
  return send({ kind: "body", to: [node], body: { $case: "syncRequest", value } });
}

/** Takes over a higher lock whose chain the log now holds; a candidate asks again with it. */
export function raiseLock(state: State, lock: Certificate): Effect[] {
  state.lock = lock;
  state.displaced = [];
  const effects: Effect[] = [{ kind: "write", write: { lock, displaced: [] }, release: [] }];
  const { role } = state;
  if (role.kind !== "candidate") return effects;
  role.lock = pointOf(state, lock);
  role.grants.clear();
  role.askedTick = state.tick;
  if (role.seeking !== undefined && comparePoints(role.seeking, lock) <= 0) role.seeking = undefined;
  return [...effects, ...askForVotes(state, role.lock)];
}

/** Repeats a candidate's requests now and then: its messages, or the answers, may have been lost. */
export function repeatCandidacy(state: State): Effect[] {
  const { role, config } = state;
  if (role.kind !== "candidate" || state.tick - role.askedTick < 2 * config.heartbeatTicks) return [];
  role.askedTick = state.tick;
  const release = requestVote(state);
  const others = config.validators.filter((node) => node !== config.self);
  const effects: Effect[] = [{ kind: "write", write: {}, release }];
  const node = others[state.fetchAttempts % Math.max(1, others.length)];
  if (role.seeking === undefined || node === undefined || !mayAsk(state)) return effects;
  return [...effects, requestChain(state, node, role.seeking)];
}

function send(message: Outgoing): Effect {
  return { kind: "send", message };
}
