/** Adversaries that a saved run can name: whoever writes one that is drawn wholly from its tape adds it here. */
import { type Adversary, nobody } from "./adversary.ts";

const known: readonly Adversary[] = [nobody];

/** Undefined where nobody of that name is known. */
export function adversaryNamed(name: string): Adversary | undefined {
  return known.find((one) => one.name === name);
}
