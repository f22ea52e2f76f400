/** The cost table has a hash, and a chain's state tells by which table it was reckoned. */
import test from "ava";
import { createContracts, exportContracts, importContracts } from "../../../hopper/chain/contracts.ts";
import { costTableHash, costTableText } from "../../../hopper/ir/cost-table.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { signatures } from "../chain/signed-chain.ts";

/** Whoever changes the table or the limits writes the new hash here, and in the tutorial: nodes with the old one then disagree. */
const pinned = "e4d5fec53e1a331f9d1ac320898e4128e9008913aab2523375bd87d78fd881c4";

test("the table in force is the one of this hash", (t) => {
  t.is(Buffer.from(costTableHash(sha256)).toString("hex"), pinned);
});

test("what is hashed are the names and numbers of costs and limits, a line each", (t) => {
  const lines = costTableText().trimEnd().split("\n");
  t.true(lines.every((line) => /^[a-zA-Z0-9]+ \d+$/.test(line)));
  t.is(new Set(lines.map((line) => line.split(" ")[0])).size, lines.length);
  t.true(lines.includes("gas 10000000"));
});

test("a state that another table reckoned has another hash, and is refused by name", (t) => {
  const contracts = createContracts({ sha256, signatures });
  const state = exportContracts(contracts);
  t.true(importContracts(state, { sha256, signatures }).ok);
  const at = Buffer.from(state).indexOf(Buffer.from(pinned, "hex"));
  t.true(at > 0);
  const other = Uint8Array.from(state);
  other[at] = 0;
  t.notDeepEqual(sha256(other), sha256(state));
  t.deepEqual(importContracts(other, { sha256, signatures }), {
    ok: false,
    reason: `reckoned by cost table 00${pinned.slice(2)}, and this program has ${pinned}`,
  });
});
