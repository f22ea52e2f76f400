/** From what a signer writes, `std/coin.purse[usd, alice] >= -30`, to what a command must not go beyond, whatever its program says. */
import type { ContractExpectation } from "../../hopper/chain/contract-command.ts";
import { encode } from "../../hopper/run/canonical.ts";
import { canonical } from "../../hopper/run/integer.ts";
import type { Data, Value } from "../../hopper/run/value.ts";
import { type FindSource, pathOf, type Source } from "../../hopper/tools/load-modules.ts";
import { runLine } from "../../hopper/tools/run-line.ts";
import { startSession } from "../../hopper/tools/session.ts";
import { sha256 } from "../../pools/sha256.ts";
import type { Outcome } from "../../wire/types.ts";

const form = /^\s*(?:([\p{L}\p{N}_/]+)\.)?([\p{L}\p{N}_]+)\s*\[(.*)\]\s*>=\s*(-?\d+)\s*$/su;

/** Without a path the table is the module's own. What stands in the brackets may use whatever the table's module can name. */
export function readExpectation(written: string, module: Source, find: FindSource): Outcome<ContractExpectation> {
  const [, path = pathOf(module.text) ?? "", name = "", inside = "", least = ""] = form.exec(written) ?? [];
  const refuse = (reason: string): Outcome<never> => ({ ok: false, reason: `${written}\n${reason}` });
  if (name === "")
    return refuse("an expectation is TABLE[UNIT, ACCOUNT] >= LEAST, as in: std/coin.purse[usd, alice] >= -30");
  const source = find(path, module);
  if (source === undefined) return refuse(`there is no module ${path} here; give its file by --with`);
  const session = startSession({ sha256, find }, source);
  if ("refused" in session) return refuse(session.refused);
  const table = session.machine.tables.get(`${session.lineage}/${name}`);
  if (table === undefined) return refuse(`${path} has no table ${name}`);
  const ran = runLine(session, `(${inside})`);
  if ("refused" in ran) return refuse(ran.refused);
  const value = "called" in ran ? ran.called.outcome.value : undefined;
  if (value === undefined) return refuse(`${inside} has no value`);
  const { key } = table.shape;
  const bytes = encode(value, key, table.shapes);
  const part = (at: number): string => {
    const shape = key.of === "tuple" ? key.items[at] : undefined;
    return shape === undefined ? "" : encode((value as Data)[at + 1] as Value, shape, table.shapes);
  };
  const isPair = key.of === "tuple" && key.items.length === 2;
  const expected = isPair ? { unit: part(0), account: part(1) } : { unit: "", account: bytes };
  return { ok: true, value: { table: `${path}.${name}`, ...expected, least: canonical(BigInt(least)) } };
}
