/**
 * One simulated schedule: a cluster of real actors, clients, liars, and everything that can go wrong, all from one seed or one
 * tape. First faults, then a heal phase in which every command has to commit and all nodes have to agree.
 */
import { open } from "../../wire/envelope.ts";
import * as proto from "../../wire/gen/juno.ts";
import { faultyMax } from "../../wire/quorum.ts";
import type { Body, ClientId, NodeId } from "../../wire/types.ts";
import { type Adversary, nobody } from "./adversary.ts";
import { type ClientTally, createClients } from "./client-traffic.ts";
import { membersOf, nodeName } from "./cluster.ts";
import { idealCrypto, type SimCrypto, seedFor } from "./crypto.ts";
import { planCuts } from "./cuts.ts";
import { frameDescriber } from "./describe-frame.ts";
import { type Atomicity, createDisk } from "./disk.ts";
import { createEnding } from "./ending.ts";
import { allInvariants } from "./invariants/all.ts";
import { createLair } from "./lair.ts";
import { createMarkers } from "./markers.ts";
import { createNetwork, type NetworkTally } from "./network.ts";
import { type NodeFaults, planNodeFaults } from "./node-faults.ts";
import { type Options, swarm } from "./options.ts";
import { withoutClocks } from "./poison.ts";
import { countRunMarkers } from "./run-markers.ts";
import { createSchedule, inOrder } from "./schedule.ts";
import { boot, closeConnection, crash, createNode, deliverFrame, type SimNode, type Surroundings } from "./sim-node.ts";
import { seededTape, type Tape } from "./tape.ts";
import { createTrace } from "./trace.ts";
import { Broken, type Invariant, type World } from "./world.ts";

/** What to simulate; only the seed is needed. */
export type Run = {
  readonly seed: number;
  /** In place of what the seed chooses. */
  readonly options?: Partial<Options>;
  /** Where choices come from, if not from the seed. */
  readonly tape?: Tape;
  /** Ideal signatures where it is left out. */
  readonly crypto?: SimCrypto;
  readonly adversary?: Adversary;
  /** Is given a space-time trace, line by line. */
  readonly trace?: (line: string) => void;
  /** What an honest node finds on its disk at its start; to break a rule on purpose. */
  readonly remember?: Surroundings["remember"];
  /** Of honest nodes' disks; to break a promise on purpose. */
  readonly atomicity?: Atomicity;
  /** Watches as an invariant does, besides them: what a test counts or asserts of its own. */
  readonly watch?: readonly Invariant[];
};

export type Failure = {
  /** The name of the invariant, `Liveness`, or `NoThrow` where an honest actor threw. */
  readonly invariant: string;
  readonly message: string;
  readonly atMs: number;
  readonly event: number;
};

export type Report = {
  readonly seed: number;
  readonly options: Options;
  /** Undefined where every invariant was kept and the cluster healed. */
  readonly failure: Failure | undefined;
  /** Equal for equal runs. */
  readonly traceHash: number;
  readonly events: number;
  /** Frames that arrived at nodes, from nodes and clients. */
  readonly deliveries: number;
  readonly commands: number;
  readonly terms: number;
  /** Virtual milliseconds, in all and from the healing on. */
  readonly ms: number;
  readonly healMs: number;
  readonly network: Readonly<NetworkTally>;
  readonly cuts: Readonly<Record<string, number>>;
  readonly faults: NodeFaults["tally"];
  readonly clients: Readonly<ClientTally>;
  /** How much faster the fastest clock went than the slowest. */
  readonly driftMost: number;
  /** Crash points that were used. */
  readonly points: ReadonlyMap<string, number>;
  /** Rare events that the run has seen, and how often. */
  readonly markers: ReadonlyMap<string, number>;
  /** Nodes that honest nodes keep evidence against. */
  readonly accused: readonly NodeId[];
};

/** All nodes are looked at every so many events. */
const surveyEvery = 256;
/** Connections between nodes are numbered from here, above those of clients, which have their client's number. */
const peerConnections = 1_000;
/** Events after which a run is taken to never end. */
const eventsMax = 5_000_000;

/** Runs one schedule to its end, or to the first invariant that breaks. */
export function simulate(run: Run): Report {
  return withoutClocks(() => play(run));
}

function play(run: Run): Report {
  const { seed } = run;
  const crypto = run.crypto ?? idealCrypto();
  const tape = run.tape ?? seededTape(seed, false);
  const adversary = run.adversary ?? nobody;
  const options = swarm(tape.stream("options"), run.options);
  const members = membersOf(crypto, options.nodes, options.clients);
  const faulty = faultyMax(options.nodes);
  const size = { nodes: options.nodes, faulty, clients: options.clients };
  const cast = adversary.cast(tape.stream("cast"), size);
  const schedule = createSchedule();
  const clocks = tape.stream("clocks");
  const disks = tape.stream("disks");
  const setup = tape.stream("setup");

  const nodes: SimNode[] = [...members.validators.keys()].map((id) => createNode(id, members));
  for (const twin of cast.twins ?? []) nodes.push(createNode(twin, members, nodes.length, 1));
  const copiesOf = (id: NodeId): SimNode[] => slotsOf[id] ?? [];
  const slotsOf = [...members.validators.keys()].map((id) => nodes.filter((node) => node.id === id));
  const liars = new Set(cast.liars);
  const honest = nodes
    .filter(({ id }) => !liars.has(id))
    .map((node) => Object.assign(node, { disk: createDisk(members.cluster, run.atomicity) }));
  const isHonest = nodes.map(({ id }) => !liars.has(id));
  const rates = nodes.map(() => {
    const ratio = 1 + options.drift * clocks.next();
    return clocks.chance(0.5) ? ratio : 1 / ratio;
  });
  const streams = nodes.map(({ slot }) => tape.stream(`inside ${slot}`));

  let events = 0;
  let clientDeliveries = 0;
  let healed = false;
  const trace = createTrace(() => nodes, schedule.now, run.trace);
  const clients = createClients({
    crypto,
    members,
    options,
    nodes,
    schedule,
    choose: tape.stream("clients"),
    held: new Set(cast.clients),
    event: () => events,
    healed: () => healed,
    arrive: (node, client, frame) => {
      clientDeliveries++;
      trace.line(node, () => `<- c${client} ${describe(frame)}`);
      const heard = isHonest[node.slot] === true || (tricks.listen?.(node.id, client, frame) ?? true);
      if (heard) atNode(node, () => deliverFrame(node, "client", client, frame));
    },
  });
  const world: World = {
    members,
    crypto,
    nodes: honest,
    liars,
    signedPayloads: clients.signedPayloads,
    operations: clients.operations,
  };
  const marks = createMarkers();
  const invariants: readonly Invariant[] = [...allInvariants(), marks.watch, ...(run.watch ?? [])];
  const watchers = {
    sign: invariants.flatMap(({ onSign }) => onSign ?? []),
    step: invariants.flatMap(({ onStep }) => onStep ?? []),
    apply: invariants.flatMap(({ onApply }) => onApply ?? []),
    boot: invariants.flatMap(({ onBoot }) => onBoot ?? []),
    reply: invariants.flatMap(({ onReply }) => onReply ?? []),
    survey: invariants.flatMap(({ onSurvey }) => onSurvey ?? []),
  };

  const network = createNetwork({
    slots: nodes.length,
    options,
    choose: tape.stream("network"),
    schedule,
    arrive: (from, to, frame) => {
      const node = nodes[to];
      if (node !== undefined) atNode(node, () => arrive(from, node, frame));
    },
  });
  const cuts = planCuts({
    slots: nodes.length,
    options,
    choose: tape.stream("cuts"),
    schedule,
    network,
    leader: () => nodes.find((node) => node.actors?.consensus.core.role.kind === "leader")?.slot,
    healed: () => healed,
    tell: (text) => trace.line(undefined, () => text),
  });
  const faults = planNodeFaults({
    options,
    choose: tape.stream("faults"),
    schedule,
    nodes,
    start,
    healed: () => healed,
    tell: (node, text) => trace.line(node, () => text),
  });
  const tricks = adversary.start(
    createLair({
      members,
      cast,
      crypto,
      choose: tape.stream("adversary"),
      schedule,
      nodes,
      put,
      putAsClient: clients.put,
      crash,
      start,
      noteSigned: clients.noteSigned,
    }),
  );
  const ending = createEnding({
    options,
    honest,
    clients,
    schedule,
    network,
    choose: tape.stream("ending"),
    start,
    liars,
  });

  const describe = trace.isOn ? frameDescriber(members.cluster) : (): string => "";

  /** Runs something at a node, once that is not paused. */
  function atNode(node: SimNode, act: () => void): void {
    const until = faults.pausedUntil[node.slot] ?? 0;
    if (until > schedule.now()) schedule.at(until, () => atNode(node, act));
    else act();
  }

  function arrive(from: number, node: SimNode, frame: Uint8Array): void {
    if (node.actors === undefined) return;
    const at = frame.length - 64;
    trace.mix((from << 8) | node.slot);
    trace.mix(
      ((frame[at] ?? 0) << 24) | ((frame[at + 1] ?? 0) << 16) | ((frame[at + 2] ?? 0) << 8) | (frame[at + 3] ?? 0),
    );
    if (trace.isOn) trace.line(node, () => `<- n${nodes[from]?.id} ${describe(frame)}`, nodes[from]);
    if (tricks.accept !== undefined && isHonest[node.slot] === false) {
      const envelope = envelopeOf(nodes[from] ?? node, node.id, frame);
      if (envelope !== undefined && !tricks.accept(envelope, node.copy)) return;
    }
    deliverFrame(node, "peer", peerConnections + from, frame);
  }

  function bodyIn(frame: Uint8Array): Body | undefined {
    const opened = open(frame, members.cluster);
    return opened.ok ? opened.value.body : undefined;
  }

  function envelopeOf(from: SimNode, to: NodeId, frame: Uint8Array) {
    const body = bodyIn(frame);
    return body === undefined ? undefined : { from: from.id, to, copy: from.copy, frame, body };
  }

  /** Puts a frame on the network, towards each copy of its receiver. */
  function put(from: SimNode, to: NodeId, frame: Uint8Array): void {
    if (tricks.overhear !== undefined) {
      const envelope = envelopeOf(from, to, frame);
      if (envelope !== undefined) tricks.overhear(envelope);
    }
    for (const node of copiesOf(to)) {
      const passes = tricks.passes?.({ node: from.id, copy: from.copy }, { node: to, copy: node.copy }, frame) ?? true;
      if (passes) network.send(from.slot, node.slot, frame);
    }
    faults.onFrame(from);
  }

  function transmit(from: SimNode, to: NodeId, frame: Uint8Array): void {
    if (isHonest[from.slot] === true || tricks.rewrite === undefined) {
      put(from, to, frame);
      return;
    }
    const envelope = envelopeOf(from, to, frame);
    const said = envelope === undefined ? [{ to, frame }] : tricks.rewrite(envelope);
    for (const one of said) put(from, one.to, one.frame);
  }

  function reply(from: SimNode, connection: number, frame: Uint8Array): void {
    if (isHonest[from.slot] === true || tricks.answer === undefined) {
      clients.answer(from, connection, frame);
      return;
    }
    const body = bodyIn(frame);
    if (body === undefined) return;
    for (const one of tricks.answer(from.id, connection as ClientId, frame, body))
      clients.answer(from, connection, one);
  }

  function paceOf(node: SimNode): ReturnType<Surroundings["paceOf"]> {
    const pace = inOrder(schedule);
    const rate = rates[node.slot] ?? 1;
    return (way, delay, act) => {
      let time = delay;
      if (way === "clock") time = delay * rate;
      if (way === "log drains") time = healed ? delay : syncTime();
      pace(way, time, () => atNode(node, act));
    };
  }

  function syncTime(): number {
    const time = -Math.log(1 - disks.next()) * options.syncMs;
    return disks.chance(options.slowSync) ? time * 100 : time;
  }

  function aroundOf(node: SimNode): Surroundings {
    const watched = isHonest[node.slot] === true;
    return {
      paceOf,
      random: streams[node.slot] ?? setup,
      crypto,
      members,
      tickMs: options.tickMs,
      core: {
        heartbeatTicks: options.heartbeatTicks,
        electionTimeoutTicksMin: options.electionTicksMin,
        electionTimeoutTicksMax: options.electionTicksMax,
        candidateDelayTicks: options.candidateDelayTicks,
        fairnessTimeoutTicks: options.fairnessTicks,
        windowBatches: options.windowBatches,
        batchDelayTicks: 1,
        batchCommandsMax: options.batchCommandsMax,
      },
      chunkCommandsMax: options.chunkCommandsMax,
      remember: (durable) =>
        watched ? (run.remember?.(durable) ?? durable) : (tricks.remember?.(node.id, durable) ?? durable),
      transmit: (_, to, frame) => transmit(node, to, frame),
      reply: (_, connection, frame) => reply(node, connection, frame),
      close: (_, connection) => {
        if (connection < peerConnections) clients.close(node, connection);
        else schedule.after(0, () => closeConnection(node, connection));
      },
      onSign: (_, signed) => {
        if (!watched || watchers.sign.length === 0) return;
        const { body } = proto.Signed.decode(signed);
        // What an actor signs is what the wire's types describe.
        for (const look of watchers.sign) look(world, node, body as Body);
      },
      onMoment: faults.onMoment,
      onStep: (_, actor, mail) => {
        trace.mix((node.slot << 16) | (actor.charCodeAt(0) << 8) | mail.kind.length);
        if (!watched) {
          if (actor === "consensus" && mail.kind === "tick") tricks.tick?.(node.id, node.copy);
          return;
        }
        for (const look of watchers.step) look(world, node, actor, mail);
      },
      onApply: (_, payload) => {
        if (watched) for (const look of watchers.apply) look(world, node, payload);
      },
      onNote: (_, text) => trace.line(node, () => text),
      onForgotten: (_, what) => {
        // A process would end here. Liars go on; so do nodes that forget on purpose: a canary asks what comes of it.
        if (watched && run.remember === undefined)
          throw new Broken("NothingForgotten", `node ${node.id} has forgotten ${what}`);
        tricks.forgotten?.(node.id, what);
      },
      onThrow: (_, error) => {
        if (error instanceof Broken) throw error;
        if (watched) throw new Broken("NoThrow", `node ${node.id}: ${error instanceof Error ? error.stack : error}`);
        // A liar's actors may find themselves in a state that no honest node knows: their process ends, and comes back.
        crash(node);
        schedule.after(200, () => (node.actors === undefined ? start(node) : undefined));
      },
    };
  }

  function start(node: SimNode): void {
    trace.line(node, () => "starts");
    boot(node, aroundOf(node), seedFor(nodeName(node.id)));
    if (isHonest[node.slot] === true) for (const look of watchers.boot) look(world, node);
    clients.greet(node);
  }

  function heal(): void {
    trace.line(undefined, () => "everything heals");
    healed = true;
    ending.heal();
    tricks.healed?.();
  }

  let failure: Failure | undefined;
  try {
    for (const node of nodes) schedule.after(setup.next() * 200, () => start(node));
    clients.plan();
    schedule.after(options.faultMs, heal);
    while (!ending.isReached()) {
      events++;
      if (!schedule.step()) throw new Broken("Liveness", "nothing is planned any more");
      if (events % surveyEvery === 0) for (const look of watchers.survey) look(world);
      if (events > eventsMax) throw new Broken("Liveness", `no end within ${eventsMax} events`);
    }
    for (const look of watchers.survey) look(world);
    for (const invariant of invariants) invariant.atEnd?.(world);
    tricks.atEnd?.(world);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const invariant = error instanceof Broken ? error.invariant : "NoThrow";
    failure = { invariant, message, atMs: schedule.now(), event: events };
    trace.line(undefined, () => message);
  }
  const counted = {
    options,
    network: network.tally,
    cuts,
    faults: faults.tally,
    clients: clients.tally,
    driftMost: Math.max(...rates) / Math.min(...rates),
    points: faults.pointsHit,
    commands: clients.operations.length,
    terms: Math.max(...honest.map((node) => node.actors?.consensus.core.term ?? 0)),
  };
  return {
    ...counted,
    seed,
    failure,
    traceHash: trace.hash(),
    events,
    deliveries: network.tally.delivered + clientDeliveries,
    ms: schedule.now(),
    healMs: Math.max(0, schedule.now() - options.faultMs),
    markers: new Map<string, number>([...marks.counts, ...countRunMarkers(counted)]),
    accused: [...new Set(honest.flatMap(({ disk }) => disk.evidence.flatMap(({ accused }) => accused)))],
  };
}
