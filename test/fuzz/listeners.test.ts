/** Real listeners among connections that say anything: they go on, and an honest peer beside them loses nothing. */
import { connect as dialTcp } from "node:net";
import test from "ava";
import { dial } from "../../cluster/nng/dialer.ts";
import { encodeFrames } from "../../cluster/nng/frame.ts";
import { encodeHello, type Protocol } from "../../cluster/nng/hello.ts";
import { listen } from "../../cluster/nng/listener.ts";
import { limits } from "../cluster/nng/setting.ts";
import { seededTape } from "../sim/tape.ts";
import { bodies } from "../wire/bodies.ts";
import { frameOf } from "../wire/cluster.ts";
import { joined, mutate } from "./mutate.ts";

const frames = bodies.map((body) => frameOf(body));
const backoffMs = { min: 5, max: 50 };
const streamsMax = 20;
const connections = 2000;
const inputsOfEach = 10;

for (const protocol of ["pull", "pair0"] as const) {
  test(`${connections * inputsOfEach} changed inputs at a ${protocol} listener`, async (t) => {
    const peer: Protocol = protocol === "pull" ? "push" : "pair0";
    const honest = new Set<string>();
    const listener = await listen({
      address: { scheme: "tcp", host: "127.0.0.1", port: 0 },
      protocol,
      limits: { ...limits, connectionsMax: 200 },
      onFrame: (_connection, frame) => {
        const text = Buffer.from(frame).toString("latin1");
        if (text.startsWith("honest ")) honest.add(text);
      },
    });
    t.teardown(() => listener.close());
    if (listener.address.scheme === "ipc") throw new Error("asked for tcp");
    const { port } = listener.address;
    const friend = dial({ address: listener.address, protocol: peer, limits, backoffMs });
    t.teardown(() => friend.close(0));
    const random = seededTape(1, false).stream(protocol);
    const pool = [joined([encodeHello(peer), ...encodeFrames(frames.slice(0, 3), "stream")]), encodeHello(peer)];
    let said = 0;
    const attack = async (): Promise<void> => {
      const parts: Uint8Array[] = random.chance(0.9) ? [encodeHello(peer)] : [];
      for (let i = 0; i < inputsOfEach; i++) {
        const whole = random.chance(0.8);
        const input = mutate({ form: whole ? "protobuf" : "bytes" }, whole ? frames : pool, random);
        parts.push(...(whole ? encodeFrames([input], "stream") : [input]));
      }
      await talk(port, joined(parts));
    };
    for (let done = 0; done < connections; done += streamsMax) {
      await Promise.all(Array.from({ length: streamsMax }, attack));
      t.true(friend.send(Buffer.from(`honest ${said++}`)));
    }
    const until = performance.now() + 20_000;
    while (honest.size < said && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    t.is(honest.size, said, "frames of the honest peer were lost");
    const stats = listener.stats();
    t.true(stats.accepted > connections);
    t.true((stats.closed.badHello ?? 0) + (stats.closed.frameTooLarge ?? 0) > 0, JSON.stringify(stats.closed));
  });
}

/** Says everything at once, and waits until the connection is over: closed by the listener, or by us when it listens on. */
function talk(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = dialTcp(port, "127.0.0.1", () => socket.end(bytes));
    socket.on("data", () => undefined);
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}
