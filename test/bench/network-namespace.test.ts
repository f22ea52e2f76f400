import { execFileSync, spawnSync } from "node:child_process";
import test from "ava";
import { makeNetworkNamespace } from "../../bench/network-namespace.ts";

const module_ = new URL("../../bench/network-namespace.ts", import.meta.url).href;

/** Sends half a megabyte over the loopback of where it runs; prints the bytes counted there and the milliseconds. */
const program = `
  import { loopbackBytes } from ${JSON.stringify(module_)};
  import { createServer, connect } from "node:net";
  const before = loopbackBytes();
  const startedAt = performance.now();
  const server = createServer((socket) => {
    let bytes = 0;
    socket.on("data", (piece) => {
      bytes += piece.length;
      if (bytes < 524288) return;
      console.log(JSON.stringify({ bytes: loopbackBytes() - before, ms: performance.now() - startedAt }));
      process.exit();
    });
  });
  server.listen(0, "127.0.0.1", () => connect(server.address().port, "127.0.0.1").write(Buffer.alloc(524288)));
`;

test("a namespace holds traffic to its rate and counts it, or one line says why there is none", (t) => {
  const made = makeNetworkNamespace(8);
  if (!made.ok) {
    t.regex(made.reason, /^\S[^\n]*$/);
    t.regex(made.reason, /root|Linux|iproute2|^ip /);
    return;
  }
  const { name, enter, remove } = made.value;
  t.teardown(remove);
  const [command = "", ...first] = enter;
  const output = execFileSync(command, [...first, process.execPath, "--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  const { bytes, ms }: { bytes: number; ms: number } = JSON.parse(output);
  t.true(bytes >= 524_288 && bytes < 600_000, String(bytes));
  // A megabyte a second, but for the burst of 256 KiB that goes at once.
  t.true(ms > 180, String(ms));
  remove();
  const left = spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout;
  t.false(left.includes(name));
});
