/** Simulated schedules, part 1 of 2. */
import { testSchedules } from "./test-schedules.ts";

testSchedules(1);
