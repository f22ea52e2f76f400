import { messageTargets } from "./targets/messages.ts";
import { testTargets } from "./test-targets.ts";

testTargets(messageTargets.filter((_, place) => place % 2 === 1));
