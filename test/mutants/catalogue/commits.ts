/** Locks, commits, what has to be durable before it is said, and what clients are told. */
import type { Mutant } from "../mutant.ts";

export const commitMutants: readonly Mutant[] = [
  {
    name: "answers-itself",
    breaks: "a node's own message played back to it is taken (S-12)",
    file: "actors/receiver.ts",
    find: 'if (entrance === "peer" && admitted.opened?.signer === state.config.self) {',
    replace: 'if (entrance === "peer" && frame.length === 0) {',
  },
  {
    name: "acknowledges-after-displacing",
    breaks: "a node that acknowledged another log than the committed one acknowledges that, too",
    file: "consensus/sync.ts",
    find: "  state.acknowledged = nothingMore;\n",
    replace: "",
  },
  {
    name: "acknowledged-before-sync",
    breaks: "an AER is sent before the entries are durable",
    file: "consensus/follow.ts",
    find: '  return [{ kind: "write", write, release }];\n}\n\nfunction extendsLock',
    replace:
      '  return [{ kind: "write", write, release: [] }, ...release.map((message) => ({ kind: "send", message }) as const)];\n}\n\nfunction extendsLock',
  },
  {
    name: "leader-acknowledges-before-sync",
    breaks: "a leader's own AER does not wait for its disk",
    file: "consensus/lead.ts",
    find: "      write: { ...write, acknowledged: { term, index } },\n      release: [acknowledgement(state, index, lastHash(state.tail))],\n    });",
    replace:
      '      write: { ...write, acknowledged: { term, index } },\n      release: [],\n    }, { kind: "send", message: acknowledgement(state, index, lastHash(state.tail)) });',
  },
  {
    name: "acknowledged-not-written",
    breaks: "what was acknowledged is forgotten by a crash (B30)",
    file: "consensus/follow.ts",
    find: "const write: Write = grows ? { ...change, acknowledged: { term, index: endIndex } } : { ...change };",
    replace: "const write: Write = term < 0 ? { ...change, acknowledged: { term, index: endIndex } } : { ...change };",
  },
  {
    name: "commit-vote-without-certificate",
    breaks: "a CV is signed without a replication certificate",
    file: "consensus/follow.ts",
    find: "const release = endIndex > commitIndexOf(state) ? [acknowledgement(state, endIndex, hash)] : [];",
    replace:
      'const release = endIndex > commitIndexOf(state) ? [acknowledgement(state, endIndex, hash), { kind: "body", to: "everyone", body: { $case: "commitVote", value: { term, node: state.config.self, index: endIndex, hash } } } as const] : [];',
  },
  {
    name: "commit-vote-before-sync",
    breaks: "a CV is sent before the lock is durable",
    file: "consensus/certify.ts",
    find: '  effects.push({ kind: "write", write, release });\n  return effects;\n}\n\n/** Q validators have voted',
    replace:
      '  effects.push({ kind: "write", write, release: [] }, ...release.map((message) => ({ kind: "send", message }) as const));\n  return effects;\n}\n\n/** Q validators have voted',
  },
  {
    name: "lock-not-written",
    breaks: "a lock is not written to the disk",
    file: "consensus/certify.ts",
    find: "const write = state.displaced.length > 0 ? { lock: certificate, displaced: [] } : { lock: certificate };",
    replace: "const write = state.displaced.length > 0 ? { displaced: [] } : {};",
  },
  {
    name: "lock-falls",
    breaks: "a lower replication certificate replaces the lock (I20)",
    file: "consensus/certify.ts",
    find: "if (comparePoints(certificate, pointOf(state, state.lock)) <= 0) {",
    replace: "if (comparePoints(certificate, pointOf(state, state.lock)) <= -1e9) {",
  },
  {
    name: "certificate-of-an-old-term",
    breaks: "a node votes to commit in a term that it has left",
    file: "consensus/certify.ts",
    find: "if (certificate.term < state.term || certificate.index <= commitIndexOf(state)) return [];",
    replace: "if (certificate.index <= commitIndexOf(state)) return [];",
  },
  {
    name: "replicated-is-committed",
    breaks: "one round is taken for two: what is replicated counts as committed (A5)",
    file: "actors/commit-tracker.ts",
    find: 'const kind = of === "replication" ? "replicated" : "committed";',
    replace: 'const kind = of === "replication" ? "committed" : "committed";',
  },
  {
    name: "commit-without-holding",
    breaks: "a commit is taken for an entry that the log has not got",
    file: "consensus/certify.ts",
    find: "if (holds(state, certificate)) return [...effects, ...commitTo(state, certificate), ...propose(state)];",
    replace: "if (certificate.index > 0) return [...effects, ...commitTo(state, certificate), ...propose(state)];",
  },
  {
    name: "certified-without-holding",
    breaks: "a node votes to commit what it has not got",
    file: "consensus/certify.ts",
    find: "  if (!holds(state, certificate)) {\n    const pending = state.pendingReplication;",
    replace: "  if (certificate.index < 0) {\n    const pending = state.pendingReplication;",
  },
  {
    name: "sync-in-wrong-order",
    breaks: "messages leave before the writes that they wait for",
    file: "actors/log.ts",
    find: "      state.release.push(...mail.release);\n      return state.writes.length >= writesPerSyncMax ? sync(state) : [];",
    replace:
      '      if (state.writes.length < writesPerSyncMax) return mail.release.map((message) => ({ to: "sender", mail: { kind: "send", message } }) as const);\n      return sync(state);',
  },
  {
    name: "applied-twice",
    breaks: "a command that is in the log twice takes effect twice (I40, B24)",
    file: "actors/applier.ts",
    find: '      case "repeat":\n        tally(state.counters, "repeats");\n        tellAgain(client.results, request, digestAt(entries.leaves, row));\n        break;',
    replace:
      '      case "repeat":\n        keep(client.results, request, digestAt(entries.leaves, row), index, state.io.machine.apply(payloadAt(entries, row), id, index));\n        break;',
  },
  {
    name: "rolled-back-remembered",
    breaks: "a command that lost its place in the log is never taken again (S-09)",
    file: "consensus/command-pool.ts",
    find: 'if (client.requests.get(request) === "logged") client.requests.delete(request);',
    replace: "",
  },
  {
    name: "window-forgets",
    breaks: "requests that took effect are forgotten",
    file: "consensus/request-window.ts",
    find: "  seen[request % requestWindowWidth] = 1;",
    replace: "  seen[request % requestWindowWidth] = request % 3 === 0 ? 0 : 1;",
  },
];
