import { hopperTargets } from "./targets/hopper.ts";
import { testTargets } from "./test-targets.ts";

testTargets(hopperTargets);
