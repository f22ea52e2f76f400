/** A machine's whole state as canonical bytes: equal states have equal bytes, and what was restored runs on as if nothing had been. */
import { costTableHash, limits } from "../ir/cost-table.ts";
import type { IrModule } from "../ir/ir.ts";
import { bytesOfText, encodeText, head, textOfBytes } from "./canonical.ts";
import { decode, type FindModule } from "./decode.ts";
import { createMachine, type Evaluator, link, type Machine } from "./machine.ts";
import { rowsOf } from "./publish.ts";
import { hexOf } from "./show.ts";
import type { Bytes } from "./value.ts";

/** Format 2 says by which cost table the state was reckoned. */
const version = 2;

export function exportState(machine: Machine): Uint8Array {
  const modules = [...machine.modules].map(
    ([hash, { source, linked }]) => `\x84${[hash, linked.ir.path, linked.lineage, source].map(encodeText).join("")}`,
  );
  const names = sorted([...machine.names]).map(
    ([path, { current }]) => `\x82${encodeText(path)}${encodeText(current)}`,
  );
  const tables = sorted([...machine.tables]).map(([id, table]) => {
    const rows = rowsOf(table).map(([key, value]) => `\x82${bytesItem(key)}${bytesItem(value)}`);
    return `\x82${encodeText(id)}${list(rows)}`;
  });
  return bytesOfText(
    `\x85${head(0, version)}${bytesItem(tableOf(machine))}${list(modules)}${list(names)}${list(tables)}`,
  );
}

/** The hash of the cost table that this program has, as 32 characters below 256. */
function tableOf({ sha256 }: Pick<Machine, "sha256">): string {
  return textOfBytes(costTableHash(sha256));
}

export function stateHash(machine: Machine): Uint8Array {
  return machine.sha256(exportState(machine));
}

/** Compiles a module's source as it was compiled when it was published. */
export type Recompile = (
  path: string,
  source: string,
  machine: Machine,
) => { ir: IrModule; imports: readonly string[] };

export type Restored =
  | { readonly ok: true; readonly machine: Machine }
  | { readonly ok: false; readonly reason: string };

export function importState(
  bytes: Uint8Array,
  options: { readonly sha256: Machine["sha256"]; readonly evaluator?: Evaluator; readonly recompile: Recompile },
): Restored {
  const machine = createMachine(options);
  try {
    fill(machine, textOfBytes(bytes), options.recompile);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  const again = exportState(machine);
  const same = again.length === bytes.length && again.every((byte, i) => byte === bytes[i]);
  return same ? { ok: true, machine } : { ok: false, reason: "not the canonical form of a state" };
}

const text = { of: "Text" } as const;
const pairOf = (...items: readonly ({ of: "Text" } | { of: "Bytes" })[]) => ({ of: "tuple", items }) as const;
const stateShape = {
  of: "tuple",
  items: [
    { of: "Nat" },
    { of: "Bytes" },
    { of: "list", item: pairOf(text, text, text, text) },
    { of: "list", item: pairOf(text, text) },
    {
      of: "list",
      item: {
        of: "tuple",
        items: [text, { of: "list", item: pairOf({ of: "Bytes" }, { of: "Bytes" }) }],
      },
    },
  ],
} as const;

const none: Bytes = { bytes: "" };
type Listed<T> = { readonly items: readonly (readonly [0, ...T[]])[] };

function fill(machine: Machine, bytes: string, recompile: Recompile): void {
  const read = decode(bytes, stateShape, [], Number.POSITIVE_INFINITY);
  if (!read.ok) throw new Error(`${read.reason}, at byte ${read.at}`);
  const [, format, costTable, modules, names, tables] = read.value as unknown as [
    0,
    number,
    Bytes,
    Listed<string>,
    Listed<string>,
    { readonly items: readonly (readonly [0, string, Listed<Bytes>])[] },
  ];
  if (format !== version) throw new Error(`format ${format}, which this program does not read`);
  if (costTable.bytes !== tableOf(machine))
    throw new Error(
      `reckoned by cost table ${hexOf(costTable)}, and this program has ${hexOf({ bytes: tableOf(machine) })}`,
    );
  for (const [, hash = "", path = "", lineage = "", source = ""] of modules.items) {
    const { ir, imports } = recompile(path, source, machine);
    if (ir.hash !== hash) throw new Error(`module ${path} is not the one of its hash`);
    machine.modules.set(hash, { linked: link(machine, ir, lineage, imports), source });
    machine.names.set(path, { lineage, current: hash });
  }
  for (const [, path = "", current = ""] of names.items) {
    const name = machine.names.get(path);
    const linked = machine.modules.get(current)?.linked;
    if (name === undefined || linked === undefined) throw new Error(`no module for the name ${path}`);
    name.current = current;
    // Rows are in the newest version's form.
    for (const [i, { table }] of linked.tables.entries()) {
      table.reshape(linked.ir.tables[i] ?? table.shape, linked.ir.shapes);
    }
  }
  const findModule: FindModule = (hash) => machine.modules.get(hash)?.linked;
  for (const [, id, rows] of tables.items) {
    const table = machine.tables.get(id);
    if (table === undefined) throw new Error(`no module has the table ${id}`);
    for (const [, { bytes: key } = none, { bytes: value } = none] of rows.items) {
      const decodedKey = decode(key, table.shape.key, table.shapes);
      const decodedValue = decode(value, table.shape.value, table.shapes, limits.valueBytes, findModule);
      if (!decodedKey.ok || !decodedValue.ok) throw new Error(`a row of ${id} is not in its form`);
      table.set(decodedKey.value, decodedValue.value);
    }
  }
}

function sorted<T>(entries: [string, T][]): [string, T][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function list(items: readonly string[]): string {
  return head(4, items.length) + items.join("");
}

function bytesItem(bytes: string): string {
  return head(2, bytes.length) + bytes;
}
