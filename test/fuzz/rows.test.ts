import { rowTargets } from "./targets/rows.ts";
import { testTargets } from "./test-targets.ts";

testTargets(rowTargets);
