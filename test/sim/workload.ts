/** What clients ask for: transfers between two accounts that all of them use, new accounts, and questions. */
import type { Random } from "./random.ts";

/** The accounts' common denominator: amounts tell commands apart, since each payload has to be another. */
const denominator = 1_000_003;

/** Texts of commands, no two alike. */
export function createWorkload(choose: Random): () => string {
  let count = 0;
  return () => {
    count++;
    // A tape of zeros opens the accounts and fills one of them, so that later commands do something.
    if (count === 1) return "CreateAccount hot";
    if (count === 2) return "CreateAccount cold";
    if (count === 3) return "AdjustAccount hot 1000";
    const amount = `${count}%${denominator}`;
    switch (choose.between(0, 5)) {
      case 0:
      case 1:
        return `transfer(hot -> cold, ${amount})`;
      case 2:
        return `transfer(cold -> hot, ${amount})`;
      case 3:
        return `AdjustAccount hot ${amount}`;
      case 4:
        return `CreateAccount a${count}`;
      default:
        return `AdjustAccount nobody${count} ${amount}`;
    }
  };
}
