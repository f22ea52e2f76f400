/** Simulated schedules, part 2 of 2. */
import { testSchedules } from "./test-schedules.ts";

testSchedules(251);
