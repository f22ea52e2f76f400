/** The demo's ledger is a module that every chain begins with; nobody publishes it, upgrades it or calls it by itself. */

import type { CheckedModule } from "../check/checked-module.ts";
import { checkModule } from "../check/module.ts";
import { createFront, demoPath, type Front } from "../demo/front.ts";
import type { IrModule } from "../ir/ir.ts";
import { lowerModule } from "../lower/lower-module.ts";
import { link } from "../run/machine.ts";
import type { Contracts } from "./contracts.ts";

type Compiled = { readonly source: string; readonly module: CheckedModule; readonly ir: IrModule };

/** Tests and audits begin many chains, all with the same. */
let last: Compiled | undefined;

function compiled(source: string): Compiled {
  if (last?.source === source) return last;
  const checked = checkModule(source, demoPath, () => undefined);
  if (!checked.ok) throw new Error(`assert: ${demoPath} checks: ${checked.diagnostics[0]?.message}`);
  last = { source, module: checked.module, ir: lowerModule(checked.module) };
  return last;
}

/** Takes the module's source into a chain that has nothing yet. */
export function startDemo({ machine, checked }: Contracts, source: string): Front {
  const { module, ir } = compiled(source);
  const published = { linked: link(machine, ir, ir.hash, []), source };
  machine.modules.set(ir.hash, published);
  machine.names.set(ir.path, { lineage: ir.hash, current: ir.hash });
  checked.set(ir.hash, module);
  return createFront(machine, published);
}
