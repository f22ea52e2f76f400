/**
 * I46 by witness: a request that was sent after another was answered takes effect behind it. Since each answer names its place in
 * the one log, this is linearizability of all commands, questions too.
 */
import { broken, type Invariant } from "../world.ts";

export function realTimeOrder(): Invariant {
  const name = "RealTimeOrder";
  return {
    name,
    atEnd: ({ operations }) => {
      const answers = operations.flatMap(({ answeredAt, index, payload }) =>
        answeredAt === undefined || index === undefined ? [] : [{ answeredAt, index, payload }],
      );
      answers.sort((a, b) => a.answeredAt - b.answeredAt);
      const sent = operations.flatMap(({ sentAt, index, payload }) =>
        index === undefined ? [] : [{ sentAt, index, payload }],
      );
      sent.sort((a, b) => a.sentAt - b.sentAt);
      let highest = { index: 0, payload: "" };
      let next = 0;
      for (const { sentAt, index, payload } of sent) {
        for (let one = answers[next]; one !== undefined && one.answeredAt < sentAt; one = answers[++next]) {
          if (one.index > highest.index) highest = one;
        }
        if (index <= highest.index) {
          broken(
            name,
            `${payload} took effect at ${index}, though ${highest.payload} was answered at ${highest.index} before`,
          );
        }
      }
    },
  };
}
