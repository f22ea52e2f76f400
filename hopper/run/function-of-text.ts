/** The one place where JavaScript is made of a text; compile.ts and straight.ts write such texts. */

/** Undefined on a Node that may not make code of texts: all that is made here has a slower way beside it. */
export function functionOfText<F>(params: readonly string[], text: string): F | undefined {
  try {
    return new Function(...params, text) as F;
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    return undefined;
  }
}
