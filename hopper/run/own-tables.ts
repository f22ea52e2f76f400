/** Tables of the machine's own, beside those of modules: no module's lineage is called as theirs is. */
import type { IrTable } from "../ir/ir.ts";
import { Table } from "./table.ts";

const lineage = "chain";

export type OwnTables = {
  /** Who speaks for a principal whose key was changed, and for a role. */
  readonly policies: Table;
  /** Commands with signatures of their own that have run, by hash, and until when they might. */
  readonly spent: Table;
  /** What each validator's clock has shown last. */
  readonly clocks: Table;
};

export function createOwnTables(): OwnTables {
  return {
    policies: table({ name: "policy", key: { of: "Principal" }, value: { of: "Principal" }, withFunctions: false }),
    spent: table({ name: "spent", key: { of: "Bytes" }, value: { of: "Nat" }, withFunctions: false }),
    clocks: table({ name: "clock", key: { of: "Nat" }, value: { of: "Time" }, withFunctions: false }),
  };
}

function table(shape: IrTable): Table {
  return new Table(`${lineage}/${shape.name}`, shape, []);
}
