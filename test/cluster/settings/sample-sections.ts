/** Sections with one key of each kind, for tests of reading and rendering. */
import {
  choice,
  numberRange,
  path,
  type SectionsOf,
  shortName,
  wholeNumber,
} from "../../../cluster/settings/setting.ts";

export type Sample = {
  readonly ship: {
    readonly name: string;
    readonly crewMax: number;
    readonly speed: readonly [number, number];
    readonly sail: "up" | "down";
    readonly chart: string;
  };
  readonly radio?: { readonly channel: number; readonly codes: string };
  readonly port: readonly { readonly id: number; readonly map: string }[];
};

export const sampleSections: SectionsOf<Sample> = {
  ship: {
    kind: "table",
    about: "The ship.",
    settings: {
      name: shortName("Its name."),
      crewMax: wholeNumber("How many may sail.", { min: 1, max: 100, fallback: 10 }),
      speed: numberRange("Slowest and fastest.", { min: 0, max: 50, fallback: [2, 20] }),
      sail: choice("The sail.", ["up", "down"], "up"),
      chart: path("The chart.", { fallback: "charts/sea.png" }),
    },
  },
  radio: {
    kind: "optional",
    about: "The radio.",
    settings: {
      channel: wholeNumber("The channel.", { min: 1, max: 99 }),
      codes: path("The book of codes.", { sample: "codes.txt" }),
    },
  },
  port: {
    kind: "list",
    about: "Where it calls.",
    settings: { id: wholeNumber("its number.", { min: 0, max: 9 }), map: path("its map.", { sample: "map.png" }) },
  },
};
