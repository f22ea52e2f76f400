/**
 * All invariants of a run, each in a file of its own.
 *
 * Rows of the catalogue that none of them asks for, and why:
 *
 * | row | why not |
 * |---|---|
 * | I25 DomainSeparation, I54 CanonicalCodec | facts about bytes, not about runs: test/wire |
 * | I26 VerifierAgreement, I27 CacheSound | all engines give one verdict in test/pools; there is no cache of verdicts |
 * | I28 NonMemberInert | liars send as strangers; whatever came of it would break another invariant |
 * | I29 ClockIndependence | every run has drifting, jumping and stopping clocks |
 * | I30-I36 membership and keys, I37, I38 snapshots | not in the protocol yet |
 * | I44 DeterministicCost | commands of the demo ledger have no cost |
 * | I47 ReadFresh | a question is a command like others: RealTimeOrder |
 * | I50 Accountable, I51 HaltNotDiverge | need more than f liars |
 * | I52 InputTotality | the simulator itself: an honest actor that throws ends the run as `NoThrow` |
 */
import type { Invariant } from "../world.ts";
import { oneChainPerTermAck } from "./acknowledgements.ts";
import { agreementOnCommit } from "./agreement-on-commit.ts";
import { answeredIsForever } from "./answers.ts";
import { authentic } from "./authentic.ts";
import { backedByVotes } from "./backed-by-votes.ts";
import { bounded } from "./bounded.ts";
import { certificateUnique } from "./certificate-unique.ts";
import { certificateSound } from "./certificates.ts";
import { createChainBook } from "./chain-book.ts";
import { commitInOwnTerm } from "./commit-in-own-term.ts";
import { committedIsDurable } from "./committed-is-durable.ts";
import { durableBeforeSent } from "./durability.ts";
import { electionSafety } from "./elections.ts";
import { hashChain } from "./hash-chain.ts";
import { leaderAppendOnly } from "./leader-append-only.ts";
import { lockChainKept } from "./lock-chain-kept.ts";
import { logBounds } from "./log-bounds.ts";
import { noFraming } from "./no-framing.ts";
import { realTimeOrder } from "./real-time-order.ts";
import { replayedFromGenesis } from "./replayed-from-genesis.ts";
import { repliesAgree } from "./replies-agree.ts";
import { replyBacked } from "./reply-backed.ts";
import { stateMachineSafety } from "./state-machine.ts";
import { oneVotePerTerm } from "./votes.ts";

export function allInvariants(): Invariant[] {
  const chains = createChainBook();
  return [
    agreementOnCommit(),
    logBounds(),
    hashChain(chains),
    lockChainKept(),
    certificateUnique(),
    certificateSound(),
    authentic(),
    backedByVotes(),
    commitInOwnTerm(),
    committedIsDurable(),
    oneVotePerTerm(),
    oneChainPerTermAck(chains),
    durableBeforeSent(),
    electionSafety(),
    leaderAppendOnly(),
    stateMachineSafety(),
    repliesAgree(),
    replyBacked(),
    noFraming(),
    bounded(),
    realTimeOrder(),
    answeredIsForever(),
    replayedFromGenesis(),
  ];
}
