/** Collects what is wrong with a module, so that one run tells of several mistakes. */
import type { Span } from "../core/term.ts";
import { isOpen, type Type } from "../core/type.ts";

export type Diagnostic = {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly expected?: string;
  readonly hint?: string;
  readonly related: readonly { readonly span: Span; readonly message: string }[];
};

export type Details = {
  readonly expected?: string;
  readonly hint?: string;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
};

export type Reporter = {
  readonly found: Diagnostic[];
  readonly error: (code: string, span: Span, message: string, details?: Details) => void;
  /** Runs the check now, or once all types of the declaration are known. */
  readonly whenKnown: (type: Type, check: () => void) => void;
  /** Runs what has waited. */
  readonly settle: () => void;
};

export function startReport(): Reporter {
  const found: Diagnostic[] = [];
  const waiting: (() => void)[] = [];
  return {
    found,
    error: (code, span, message, details = {}) => {
      found.push({ code, message, span, related: [], ...details });
    },
    whenKnown: (type, check) => {
      if (isOpen(type)) waiting.push(check);
      else check();
    },
    settle: () => {
      for (const check of waiting.splice(0)) check();
    },
  };
}
