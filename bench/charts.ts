/** The kinds of pictures that benchmarks draw, as Vega-Lite specifications with their data in them. */
import type { TopLevelSpec } from "vega-lite";
import type { Row, Summary } from "./series.ts";
import { type Setup, setupLine } from "./setup.ts";

/** `name` is the file's, without its ending. */
export type Picture = { readonly name: string; readonly spec: TopLevelSpec };

type Axis = {
  readonly title: string;
  readonly scale?: "linear" | "log";
  /** Only these values get a mark on the axis. */
  readonly values?: readonly number[];
  /** Ends the axis here; what lies beyond is cut off. */
  readonly max?: number;
};

export type Panel = {
  readonly title: string;
  readonly width?: number;
  readonly height?: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
};

export type Point = {
  readonly series: string;
  readonly x: number | string;
  readonly y: number;
  /** Ends of the error bar. */
  readonly min?: number;
  readonly max?: number;
};

type Mark =
  /** A line through points, with a bar from the least to the greatest of several runs. */
  | { readonly kind: "line"; readonly points: readonly Point[]; readonly dots: boolean }
  /** A dashed line: what would be ideal, or where something happened. */
  | { readonly kind: "guide"; readonly points: readonly Point[] }
  /** Bars along x, one under the other by series; dots where the axis is logarithmic. */
  | { readonly kind: "bar"; readonly points: readonly Point[] };

const font = "DejaVu Sans, Verdana, sans-serif";
const panelWidth = 380;
const panelHeight = 260;
/** Okabe and Ito's colours, told apart by most eyes. */
const colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D31"];

/** Panels side by side or in several rows of `columns`; the setup stands under the title. */
export function picture(
  name: string,
  setup: Setup,
  title: string,
  panels: readonly Panel[],
  columns: number = panels.length,
): Picture {
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: title, subtitle: [setupLine(setup), setup.placed], anchor: "start", fontSize: 16, offset: 14 },
    background: "white",
    padding: 12,
    columns,
    spacing: 36,
    concat: panels.map(panelSpec),
    resolve: { scale: { color: "independent" } },
    config: {
      font,
      axis: { labelFontSize: 11, titleFontSize: 12, gridColor: "#e6e6e6" },
      legend: { labelFontSize: 11, orient: "bottom", columns: 2, title: null, labelLimit: 0 },
      title: { subtitleFontSize: 11, subtitleColor: "#555555" },
      range: { category: colours },
      view: { stroke: "#cccccc" },
    },
  };
  // Put together from parts that are typed above; the compiler of Vega-Lite says where it takes no offence.
  return { name, spec: spec as TopLevelSpec };
}

/** The medians of summaries with their spread as points. */
export function pointsOf(summaries: readonly Summary[]): Point[] {
  return summaries.map(({ series, x, median, min, max }) => ({ series, x, y: median, min, max }));
}

/** Rows as points, each for itself. */
export function samplePoints(rows: readonly Row[]): Point[] {
  return rows.map(({ series, x, value }) => ({ series, x, y: value }));
}

function panelSpec({ title, width = panelWidth, height = panelHeight, x, y, marks }: Panel): object {
  const layer = marks.flatMap((mark) => layersOf(mark, x, y));
  return { title: { text: title, fontSize: 13, anchor: "start", frame: "group" }, width, height, layer };
}

function layersOf(mark: Mark, x: Axis, y: Axis): object[] {
  const data = { values: mark.points };
  const several = new Set(mark.points.map(({ series }) => series)).size > 1;
  const color = { field: "series", type: "nominal", sort: null, ...(several ? {} : { legend: null }) };
  if (mark.kind === "bar") {
    const named = { field: "series", type: "nominal", sort: null, axis: { title: null, labelLimit: 400 } };
    const spread = { y: named, x: encode("min", y), x2: { field: "max" } };
    // A bar begins at zero, which a logarithmic axis has not.
    const kind = y.scale === "log" ? { type: "point", filled: true, size: 70, opacity: 1 } : { type: "bar" };
    return [
      { data, mark: { ...kind, color: colours[0] ?? "" }, encoding: { y: named, x: encode("y", y) } },
      { data, mark: { type: "rule", color: "#444444" }, encoding: spread },
    ];
  }
  const at = { x: encode("x", x), y: encode("y", y) };
  if (mark.kind === "guide") {
    const grey = { type: "line", strokeDash: [5, 4], color: "#777777", clip: true };
    return [{ data, mark: grey, encoding: { ...at, detail: { field: "series" } } }];
  }
  const point = mark.dots ? { filled: true, size: 45 } : false;
  const line = {
    data,
    mark: { type: "line", point, clip: true, strokeWidth: mark.dots ? 2 : 1.3 },
    encoding: { ...at, color },
  };
  if (!mark.points.some(({ min }) => min !== undefined)) return [line];
  const bars = { x: at.x, y: encode("min", y), y2: { field: "max" }, color };
  return [{ data, mark: { type: "rule", strokeWidth: 1.3 }, encoding: bars }, line];
}

function encode(field: string, { title, scale = "linear", values, max }: Axis): object {
  const log = scale === "log";
  return {
    field,
    type: "quantitative",
    scale: {
      type: scale,
      nice: !log || field !== "x",
      ...(log ? {} : { zero: true }),
      ...(max === undefined ? {} : { domainMax: max }),
    },
    axis: {
      title,
      // Words such as 20k are misread in tables of milliseconds; whole figures are not.
      format: log ? "~r" : ",~r",
      ...(values === undefined ? {} : { values }),
      ...(log && values === undefined ? { tickCount: 6 } : {}),
    },
  };
}
