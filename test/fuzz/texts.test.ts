import { textTargets } from "./targets/texts.ts";
import { testTargets } from "./test-targets.ts";

testTargets(textTargets);
