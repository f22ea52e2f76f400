import test from "ava";
import fc from "fast-check";
import { type Address, formatAddress, parseAddress } from "../../../cluster/nng/address.ts";

const good: Record<string, Address> = {
  "tcp://127.0.0.1:5555": { scheme: "tcp", host: "127.0.0.1", port: 5555 },
  "tcp://node-1.example.org:0": { scheme: "tcp", host: "node-1.example.org", port: 0 },
  "tcp://localhost:65535": { scheme: "tcp", host: "localhost", port: 65535 },
  "tcp://[::1]:80": { scheme: "tcp", host: "::1", port: 80 },
  "tls+tcp://[fe80::1%eth0]:80": { scheme: "tls+tcp", host: "fe80::1%eth0", port: 80 },
  "tls+tcp://n0:9000": { scheme: "tls+tcp", host: "n0", port: 9000 },
  "ipc:///run/juno/n 0.sock": { scheme: "ipc", path: "/run/juno/n 0.sock" },
  "ipc:///run/%20": { scheme: "ipc", path: "/run/%20" },
};
for (const [url, address] of Object.entries(good)) {
  test(`reads ${url} and writes it back`, (t) => {
    t.deepEqual(parseAddress(url), { ok: true, address });
    t.is(formatAddress(address), url);
  });
}

const bad: Record<string, RegExp> = {
  "": /scheme/,
  "http://h:1": /scheme/,
  "tcp:/h:1": /scheme/,
  "TCP://h:1": /scheme/,
  "tcp://h": /host and a port/,
  "tcp://h:": /host and a port/,
  "tcp://h:1/": /host and a port/,
  "tcp://h:-1": /host and a port/,
  "tcp://h:123456": /host and a port/,
  "tcp://h:65536": /above 65535/,
  "tcp://::1:80": /brackets/,
  "tcp://[127.0.0.1]:80": /no IPv6/,
  "tcp://[]:80": /no IPv6/,
  "tcp://:80": /0\.0\.0\.0/,
  "tcp://*:80": /0\.0\.0\.0/,
  "tcp://user@h:80": /not a host name/,
  "tcp://a b:80": /not a host name/,
  "tcp://h\n:80": /not a host name/,
  "ipc://relative": /absolute/,
  "ipc://": /absolute/,
  "ipc:///": /folder/,
  "ipc:///run/": /folder/,
  "ipc:///a\0b": /zero byte/,
};
for (const [url, reason] of Object.entries(bad)) {
  test(`refuses ${JSON.stringify(url)}`, (t) => {
    const parsed = parseAddress(url);
    t.false(parsed.ok);
    if (!parsed.ok) t.regex(parsed.reason, reason);
  });
}

test("any text is read or refused, and what is read writes and reads back the same", (t) => {
  const scheme = fc.constantFrom("tcp://", "tls+tcp://", "ipc://", "");
  const host = fc.oneof(
    fc.string(),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((ip) => `[${ip}]`),
  );
  const port = fc.oneof(
    fc.string(),
    fc.nat(70_000).map((number) => `:${number}`),
  );
  let read = 0;
  fc.assert(
    fc.property(scheme, host, port, (...parts) => {
      const parsed = parseAddress(parts.join(""));
      if (!parsed.ok) return parsed.reason.length > 0;
      read++;
      t.deepEqual(parseAddress(formatAddress(parsed.address)), parsed);
      return true;
    }),
  );
  t.true(read > 0, "no address was read at all");
});
