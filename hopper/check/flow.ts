/**
 * Uses: every value that may not be copied is used up exactly once on every path that does not abort. Checked along the
 * order in which the program runs, so that each error can name both places.
 */
import { dataKind, kindNames, mayCopy } from "../core/kind.ts";
import type { Span } from "../core/term.ts";
import { kindOf, showType, type Type } from "../core/type.ts";
import type { Reporter } from "./report.ts";

export type Local = {
  readonly name: string;
  readonly type: Type;
  readonly level: number;
  readonly span: Span;
};

/** What has been used up on the way here; `aborted` where this point is never reached. */
export type Flow = { gone: Map<Local, Span>; aborted: boolean };

/** Bodies that run many times, or later: locals below `level` belong to the outside. */
export type Fence = { readonly level: number; readonly what: "loop" | "closure" };

export function startFlow(): Flow {
  return { gone: new Map(), aborted: false };
}

export function forkFlow(flow: Flow): Flow {
  return { gone: new Map(flow.gone), aborted: flow.aborted };
}

/** A use of the whole value. */
export function consume(report: Reporter, flow: Flow, fences: readonly Fence[], local: Local, span: Span): void {
  const before = flow.gone.get(local);
  if (before === undefined) flow.gone.set(local, span);
  crossFences(report, fences, local, span, true);
  if (before === undefined) return;
  report.whenKnown(local.type, () => {
    if (mayCopy(kindOf(local.type))) return;
    const hint = `a ${showType(local.type)} cannot be copied`;
    const related = [{ span: before, message: "used up here" }];
    report.error("used-twice", span, `\`${local.name}\` is used up twice`, { related, hint });
  });
}

/** A look at a part that can be copied: no use, but nothing is left to look at after the value has gone. */
export function look(report: Reporter, flow: Flow, fences: readonly Fence[], local: Local, span: Span): void {
  crossFences(report, fences, local, span, false);
  const before = flow.gone.get(local);
  if (before === undefined) return;
  report.whenKnown(local.type, () => {
    if (mayCopy(kindOf(local.type))) return;
    const related = [{ span: before, message: "used up here" }];
    const hint = "read it before, with a let";
    report.error("read-after-use", span, `\`${local.name}\` is read after it has gone`, { related, hint });
  });
}

function crossFences(report: Reporter, fences: readonly Fence[], local: Local, span: Span, whole: boolean): void {
  const crossed = fences.filter((fence) => local.level < fence.level);
  if (crossed.length === 0) return;
  report.whenKnown(local.type, () => {
    const kind = kindOf(local.type);
    const related = [{ span: local.span, message: "it belongs to the outside" }];
    if (kind !== dataKind && crossed.some((fence) => fence.what === "closure")) {
      const message = `a closure may not hold \`${local.name}\`, which is ${kindNames[kind]}`;
      report.error("captured", span, message, { related, hint: "only a `once` function may hold what is not Data" });
    } else if (whole && !mayCopy(kind)) {
      const hint = "hand it on from round to round: `for x in xs, acc = … { … }`";
      report.error("used-in-loop", span, `a loop may not use up \`${local.name}\` from outside of it`, {
        related,
        hint,
      });
    }
  });
}

/** The end of a local's scope; what is outside of it need not know what it did. */
export function close(report: Reporter, flow: Flow, locals: readonly Local[]): void {
  for (const local of locals) {
    if (flow.aborted) {
      flow.gone.delete(local);
      continue;
    }
    if (flow.gone.delete(local)) continue;
    report.whenKnown(local.type, () => {
      if (mayCopy(kindOf(local.type))) return;
      const what = local.name === "_" ? "this value" : `\`${local.name}\``;
      report.error("never-used", local.span, `${what} is never used up`, {
        hint: `a ${showType(local.type)} cannot be dropped: put it into a table, hand it on, or take it apart`,
      });
    });
  }
}

/** Where branches meet: what one of them used up, all must have used up, but for those that abort. */
export function meet(
  report: Reporter,
  flow: Flow,
  branches: readonly { readonly flow: Flow; readonly span: Span }[],
): void {
  const live = branches.filter((b) => !b.flow.aborted);
  if (live.length === 0 && branches.length > 0) flow.aborted = true;
  for (const branch of live) {
    for (const [local, span] of branch.flow.gone) {
      if (flow.gone.has(local)) continue;
      flow.gone.set(local, span);
      const other = live.find((b) => !b.flow.gone.has(local));
      if (other === undefined) continue;
      report.whenKnown(local.type, () => {
        if (mayCopy(kindOf(local.type))) return;
        const related = [{ span: other.span, message: `\`${local.name}\` is still held when this branch ends` }];
        report.error("one-branch", span, `\`${local.name}\` is used up in one branch only`, { related });
      });
    }
  }
}
