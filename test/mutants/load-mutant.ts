/**
 * Loads the simulator with one rule broken: every module that it imports from this repository is loaded once more under the
 * mutant's name, and one of them with another text. Nothing in the program itself knows of it.
 */
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Exploration from "../model/explore.ts";
import type * as Replay from "../model/replay.ts";
import type * as Simulation from "../sim/simulation.ts";
import type { Mutant } from "./mutant.ts";

const root = new URL("../../", import.meta.url);
const loaded = new Map<string, Mutant>();
let hooked = false;

export async function simulatorWith(mutant: Mutant): Promise<(typeof Simulation)["simulate"]> {
  const module: typeof Simulation = await import(urlWith(mutant, "test/sim/simulation.ts"));
  return module.simulate;
}

/** The explorer of the core with the rule broken, and what plays its paths again. */
export async function explorerWith(
  mutant: Mutant,
): Promise<Pick<typeof Exploration, "explore"> & Pick<typeof Replay, "replay" | "shorten">> {
  const { explore }: typeof Exploration = await import(urlWith(mutant, "test/model/explore.ts"));
  const { replay, shorten }: typeof Replay = await import(urlWith(mutant, "test/model/replay.ts"));
  return { explore, replay, shorten };
}

function urlWith(mutant: Mutant, path: string): string {
  hook();
  loaded.set(mutant.name, mutant);
  const url = new URL(path, root);
  url.searchParams.set("mutant", mutant.name);
  return url.href;
}

/** The text of a mutant's file; throws where the place is not there just once. */
export function mutated(mutant: Mutant, source: string): string {
  const parts = source.split(mutant.find);
  if (parts.length !== 2) throw new Error(`${mutant.name}: ${mutant.file} has its place ${parts.length - 1} times`);
  return parts.join(mutant.replace);
}

function hook(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      const name = mutantIn(context.parentURL);
      if (name === null || !isOurs(resolved.url)) return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set("mutant", name);
      return { ...resolved, url: url.href };
    },
    load: (url, context, next) => {
      const result = next(url, context);
      const mutant = loaded.get(mutantIn(url) ?? "");
      if (mutant === undefined || fileURLToPath(url) !== fileURLToPath(new URL(mutant.file, root))) return result;
      return { ...result, source: mutated(mutant, String(result.source)), shortCircuit: true };
    },
  });
}

function mutantIn(url: string | undefined): string | null {
  return url?.startsWith(pathToFileURL("/").href) === true ? new URL(url).searchParams.get("mutant") : null;
}

/** Packages and Node's own modules are the same for all mutants. */
function isOurs(url: string): boolean {
  return url.startsWith(root.href) && !url.includes("/node_modules/");
}
