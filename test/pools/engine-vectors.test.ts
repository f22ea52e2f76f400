import { readFileSync } from "node:fs";
import { join } from "node:path";
import anyTest, { type ExecutionContext } from "ava";
import { engineNames, loadEngine } from "../../pools/engine.ts";
import { type OneCheck, oneByOne, together } from "./batch-of.ts";

const folder = process.env.JUNO_VECTORS;
/** A test with the vectors, or its place held where there are none. */
function test(title: string, body: (t: ExecutionContext) => void): void {
  if (folder === undefined) anyTest.skip(`${title} (JUNO_VECTORS names no folder of vectors)`, body);
  else anyTest(title, body);
}

const engines = await Promise.all(engineNames.map(loadEngine));

type Vector = { readonly key: string; readonly message: string; readonly signature: string };

for (const engine of engines) {
  const says = ({ key, message, signature }: Vector): boolean =>
    engine.verify(Buffer.from(signature, "hex"), Buffer.from(message, "hex"), Buffer.from(key, "hex"));

  test(`${engine.name}: ed25519-speccheck, ZIP-215 accepts 0-5 and 9-11`, (t) => {
    const cases = read<{ message: string; pub_key: string; signature: string }[]>("speccheck.json");
    const accepted = cases.flatMap(({ message, pub_key: key, signature }, number) =>
      says({ key, message, signature }) ? [number] : [],
    );
    t.is(cases.length, 12);
    t.deepEqual(accepted, [0, 1, 2, 3, 4, 5, 9, 10, 11]);
  });

  test(`${engine.name}: small orders and other encodings of ed25519consensus are all valid`, (t) => {
    const message = Buffer.from("Zcash").toString("hex");
    const cases = read<{ vk_bytes: string; sig_bytes: string; valid_zip215: boolean }[]>("zip215.json");
    t.is(cases.length, 196);
    for (const { vk_bytes: key, sig_bytes: signature, valid_zip215 } of cases) {
      t.is(says({ key, message, signature }), valid_zip215, `${key} ${signature}`);
    }
  });

  test(`${engine.name}: Wycheproof`, (t) => {
    type Group = {
      readonly publicKey: { readonly pk: string };
      readonly tests: readonly {
        readonly tcId: number;
        readonly msg: string;
        readonly sig: string;
        readonly result: string;
      }[];
    };
    const { testGroups, numberOfTests } = read<{ testGroups: readonly Group[]; numberOfTests: number }>(
      "wycheproof-ed25519.json",
    );
    let count = 0;
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg: message, sig: signature, result } of tests) {
        count += 1;
        t.is(says({ key: publicKey.pk, message, signature }), result === "valid", `test ${tcId}`);
      }
    }
    t.is(count, numberOfTests);
  });

  test(`${engine.name}: RFC 8032`, (t) => {
    const cases = read<{ priv: string; pub: string; msg: string; sig: string }[]>("rfc8032-ed25519.json");
    t.true(cases.length >= 4);
    for (const { priv, pub: key, msg: message, sig: signature } of cases) {
      t.true(says({ key, message, signature }));
      const own = engine.sign(Buffer.from(message, "hex"), Buffer.from(priv, "hex"));
      t.is(Buffer.from(own).toString("hex"), signature);
    }
  });
}

test("all vectors in one batch have the verdicts that they have one by one", (t) => {
  const checks: OneCheck[] = [];
  const add = (key: string, message: string, signature: string): void => {
    const check = {
      key: Buffer.from(key, "hex"),
      message: Buffer.from(message, "hex"),
      signature: Buffer.from(signature, "hex"),
    };
    if (check.key.length === 32 && check.signature.length === 64) checks.push(check);
  };
  for (const each of read<{ message: string; pub_key: string; signature: string }[]>("speccheck.json")) {
    add(each.pub_key, each.message, each.signature);
  }
  for (const each of read<{ vk_bytes: string; sig_bytes: string }[]>("zip215.json")) {
    add(each.vk_bytes, Buffer.from("Zcash").toString("hex"), each.sig_bytes);
  }
  for (const each of read<{ pub: string; msg: string; sig: string }[]>("rfc8032-ed25519.json")) {
    add(each.pub, each.msg, each.sig);
  }
  type Wycheproof = { testGroups: { publicKey: { pk: string }; tests: { msg: string; sig: string }[] }[] };
  for (const { publicKey, tests } of read<Wycheproof>("wycheproof-ed25519.json").testGroups) {
    for (const { msg, sig } of tests) add(publicKey.pk, msg, sig);
  }
  t.true(checks.length > 300);
  const [reference = []] = engines.filter(({ name }) => name === "noble").map((engine) => oneByOne(engine, checks));
  for (const engine of engines) t.deepEqual(together(engine, checks), reference, engine.name);
});

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(folder ?? "", file), "utf8")) as T;
}
