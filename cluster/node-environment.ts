/**
 * What a node's process is best started with. glibc makes an arena of memory for each thread and gives little of it back: two
 * for all save some 50 MB of a flooded node, and cost no time that could be measured. Other systems ignore it.
 */
export const nodeEnvironment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "2" };
