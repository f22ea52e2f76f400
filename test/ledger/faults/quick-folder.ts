/** Where tests put images of disks: in memory where that can be had, since what is tried on them is not this machine's disk. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";

export const quickFolder: string = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
