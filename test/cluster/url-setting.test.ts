import test from "ava";
import { contradictoryTargets, dialUrl, flawOfTls, listenUrl } from "../../cluster/url-setting.ts";

const listen = (url: string) => listenUrl("", "").check?.(url);
const dial = (url: string) => dialUrl("", "").check?.(url);

test("a listener takes every address and port 0; whom to dial must be somebody", (t) => {
  for (const url of ["tcp://0.0.0.0:0", "tcp://[::]:0", "tls+tcp://host:1", "ipc:///a/b.sock"])
    t.is(listen(url), undefined, url);
  for (const url of ["tcp://host:1", "tcp://[::1]:65535", "tls+tcp://10.0.0.1:1", "ipc:///a/b.sock"])
    t.is(dial(url), undefined, url);
  t.is(dial("tcp://host:0"), "nobody can dial port 0; write the port it listens on");
  t.is(dial("tcp://0.0.0.0:1"), "nobody can dial 0.0.0.0; write the address of that machine");
  t.is(dial("tls+tcp://[::]:1"), "nobody can dial ::; write the address of that machine");
});

for (const url of [
  "",
  "host:1",
  "http://h:1",
  "tcp://h",
  "tcp://h:65536",
  "tcp://::1:5",
  "ipc://a",
  "ipc:///",
  "tcp://h:1/x",
]) {
  test(`"${url}" is no address, for either`, (t) => {
    t.regex(listen(url) ?? "", /\w/);
    t.is(dial(url), listen(url));
  });
}

test("links are encrypted exactly where there is [tls]; a socket file needs none", (t) => {
  t.is(flawOfTls("tcp://h:1", false), undefined);
  t.is(flawOfTls("tls+tcp://h:1", true), undefined);
  t.is(flawOfTls("ipc:///a", true), undefined);
  t.is(flawOfTls("ipc:///a", false), undefined);
  t.regex(flawOfTls("tls+tcp://h:1", false) ?? "", /add the section \[tls\]/);
  t.regex(flawOfTls("tcp://h:1", true) ?? "", /write tls\+tcp:\/\/ or take \[tls\] out/);
});

test("of two targets with one id or URL, the later one is named", (t) => {
  const targets = [
    { id: 1, url: "tcp://a:1" },
    { id: 2, url: "tcp://b:1" },
    { id: 1, url: "tcp://b:1" },
  ];
  t.deepEqual(
    contradictoryTargets("peer", targets, false).map(({ item, key }) => [item, key]),
    [
      [2, "id"],
      [2, "url"],
    ],
  );
  t.deepEqual(contradictoryTargets("peer", targets.slice(0, 2), false), []);
});
