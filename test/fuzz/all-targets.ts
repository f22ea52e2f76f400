/** Every target. */
import type { Target } from "./target.ts";
import { hopperTargets } from "./targets/hopper.ts";
import { messageTargets } from "./targets/messages.ts";
import { rowTargets } from "./targets/rows.ts";
import { textTargets } from "./targets/texts.ts";

export const allTargets: readonly Target[] = [...messageTargets, ...rowTargets, ...textTargets, ...hopperTargets];
