/** The words a command may begin with, and a guess at which one a mistyped word was meant to be. */

export const commandWords = [
  "CreateAccount",
  "AdjustAccount",
  "ObserveAccount",
  "ObserveAccounts",
  "transfer",
] as const;
export type CommandWord = (typeof commandWords)[number];

/** One good line for each word, for hints. */
export const commandExamples: { readonly [word in CommandWord]: string } = {
  CreateAccount: "CreateAccount Acct1",
  AdjustAccount: "AdjustAccount Acct1 100000%1",
  ObserveAccount: "ObserveAccount Acct1",
  ObserveAccounts: "ObserveAccounts",
  transfer: "transfer(Acct1->Acct2, 1%1)",
};

export function isCommandWord(word: string): word is CommandWord {
  return commandWords.some((known) => known === word);
}

const typosMax = 2;

/** The known word within two typos, ASCII case not counted; null where there is none. */
export function nearestCommandWord(word: string): CommandWord | null {
  let nearest: CommandWord | null = null;
  let fewest = typosMax + 1;
  for (const known of commandWords) {
    if (Math.abs(known.length - word.length) > typosMax) continue;
    const typos = editDistance(lowerAscii(word), lowerAscii(known));
    if (typos < fewest) {
      nearest = known;
      fewest = typos;
    }
  }
  return nearest;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
}

/** Levenshtein's distance, by rows; both words are short, as the caller has compared lengths. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
