/** Whether what was typed so far wants another line. */

/** True while a bracket is open outside of texts and comments, or the line ends where something has to follow. */
export function wantsMore(typed: string): boolean {
  const bare = typed.replace(/"(?:[^"\\\n]|\\.)*"?|--[^\n]*/g, (one) => (one.startsWith('"') ? '""' : ""));
  let open = 0;
  for (const character of bare) {
    if ("([{".includes(character)) open++;
    else if (")]}".includes(character)) open--;
  }
  return open > 0 || /(?:[=,+*/|&]|->|=>|\belse|\bthen)\s*$/.test(bare);
}
