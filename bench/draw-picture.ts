/** Draws a picture of figures: its specification, an SVG, and a PNG with a font that comes along. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { parse, View } from "vega";
import { compile } from "vega-lite";
import type { Picture } from "./charts.ts";

const require = createRequire(import.meta.url);
const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
);
/** Pixels of the PNG for each of the SVG: sharp on screens of today. */
const zoom = 2;

/** Writes `NAME.vl.json`, `NAME.svg` and `NAME.png`; returns their paths. */
export async function drawPicture(folder: string, { name, spec }: Picture): Promise<string[]> {
  const svg = await renderSvg(spec);
  mkdirSync(folder, { recursive: true });
  const paths = ["vl.json", "svg", "png"].map((end) => join(folder, `${name}.${end}`));
  const contents = [`${JSON.stringify(spec)}\n`, svg, renderPng(svg)];
  for (const [i, path] of paths.entries()) writeFileSync(path, contents[i] ?? "");
  return paths;
}

/** Draws a Vega-Lite specification; throws where it says nothing that can be drawn. */
export async function renderSvg(spec: Picture["spec"]): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

export function renderPng(svg: string): Uint8Array {
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: zoom }, background: "white" }).render().asPng();
}
