import { setTimeout as sleep } from "node:timers/promises";

/** Resolves as soon as the condition holds; rejects with its name after `ms`, long enough for a busy machine. */
export async function waitUntil(what: string, condition: () => boolean, ms = 8000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await sleep(5);
  }
}
