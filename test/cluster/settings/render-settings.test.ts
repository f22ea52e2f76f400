import test from "ava";
import fc from "fast-check";
import { readSettings } from "../../../cluster/settings/read-settings.ts";
import { renderSettings } from "../../../cluster/settings/render-settings.ts";
import { accepted } from "../reason-of.ts";
import { type Sample, sampleSections } from "./sample-sections.ts";

const file = "/etc/juno/config.toml";

function read(
  text: string,
  env: Readonly<Record<string, string>> = {},
  overrides: Readonly<Record<string, string>> = {},
) {
  return accepted(readSettings<Sample>(sampleSections, { file, text, env, overrides }, () => []));
}

const ship = { name: "Juno", crewMax: 20, speed: [2, 20], sail: "down", chart: "/a.png" } as const;

test("each section and key with its comment; what is not there is shown commented out", (t) => {
  t.is(
    renderSettings<Sample>("A ship.", sampleSections, { ship, port: [] }),
    `# A ship.
# Paths are relative to this file. An environment variable goes over a key: JUNO_SECTION_KEY, as in JUNO_LOG_LEVEL.

# The ship.
[ship]
# Its name.
name = "Juno"
# How many may sail.
crewMax = 20
# Slowest and fastest.
speed = [ 2, 20 ]
# The sail.
sail = "down"
# The chart.
chart = "/a.png"

# The radio.
# [radio]
# The channel.
# channel = 1
# The book of codes.
# codes = "codes.txt"

# Where it calls.
# [[port]]
# its number.
# id = 0
# its map.
# map = "map.png"
`,
  );
});

test("with origins, each key tells where its value came from, and the file still reads back", (t) => {
  const given = read('[ship]\nname = "Juno"\n', { JUNO_SHIP_SAIL: "down" }, { "ship.crewMax": "7" });
  const text = renderSettings<Sample>("A ship.", sampleSections, given.settings, given.origins);
  t.regex(text, /^name = "Juno" {2}# from file$/m);
  t.regex(text, /^crewMax = 7 {2}# from flag$/m);
  t.regex(text, /^speed = \[ 2, 20 \] {2}# from default$/m);
  t.regex(text, /^sail = "down" {2}# from JUNO_SHIP_SAIL$/m);
  t.deepEqual(read(text).settings, given.settings);
});

/** Absolute ones, since a relative one reads back from the file's folder. */
const path = fc
  .array(
    fc.string({ minLength: 1, unit: "grapheme" }).map((part) => part.replace(/[/\0]|^\.+$/g, "_")),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => `/${parts.join("/")}`);
const settings: fc.Arbitrary<Sample> = fc.record(
  {
    ship: fc.record({
      name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
      crewMax: fc.integer({ min: 1, max: 100 }),
      speed: fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 25, max: 50 })),
      sail: fc.constantFrom("up", "down"),
      chart: path,
    }),
    radio: fc.record({ channel: fc.integer({ min: 1, max: 99 }), codes: path }),
    port: fc.array(fc.record({ id: fc.integer({ min: 0, max: 9 }), map: path }), { maxLength: 4 }),
  },
  { requiredKeys: ["ship", "port"], noNullPrototype: true },
) as fc.Arbitrary<Sample>;

test("whatever is rendered reads back equal, quotes and line ends in paths too", (t) => {
  fc.assert(
    fc.property(settings, (sample) => {
      t.deepEqual(read(renderSettings<Sample>("A ship.", sampleSections, sample)).settings, sample);
    }),
    { numRuns: 200 },
  );
});
