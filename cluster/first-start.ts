/**
 * The permit for a node's first start: a file beside its key which says that the key has never signed. `juno init` makes it
 * with the key, and the node removes it for good before it signs. Without it a node does not start with an empty store,
 * whatever became of its data folder: it would have forgotten its votes.
 */
import { accessSync, constants, existsSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "../ledger/sync-folder.ts";
import type { Outcome } from "../wire/types.ts";
import { because } from "./because.ts";

export function permitOf(keyFile: string): string {
  return `${keyFile}.unused`;
}

/** Says of a key made just now that it has never signed; throws where the disk refuses. */
export function permitFirstStart(keyFile: string): void {
  writeFileSync(
    permitOf(keyFile),
    "This key has never signed, so its node may start with an empty store. The node removes this file before it signs.\n",
    { flag: "wx" },
  );
}

export function mayStartEmpty(keyFile: string): boolean {
  return existsSync(permitOf(keyFile));
}

/**
 * Takes the permit back, on the disk too, if it is still there; from then on the key may sign. To be called once the store
 * is made. The data folder is synced first, so that a power cut does not leave a node with neither store nor permit, which
 * would be refused though it lost nothing.
 */
export function endFirstStart(keyFile: string, data: string): Outcome<void> {
  const permit = permitOf(keyFile);
  try {
    if (!existsSync(permit)) return { ok: true, value: undefined };
    for (const folder of [data, dirname(data)]) if (isReadable(folder)) syncFolder(folder);
    unlinkSync(permit);
    syncFolder(dirname(permit));
    return { ok: true, value: undefined };
  } catch (error) {
    return {
      ok: false,
      reason: `${because(error, permit)}; let this user remove it, since a key that signs is not unused`,
    };
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
