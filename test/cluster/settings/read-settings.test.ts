import test from "ava";
import { readSettings } from "../../../cluster/settings/read-settings.ts";
import { accepted, reasonOf } from "../reason-of.ts";
import { type Sample, sampleSections } from "./sample-sections.ts";

const file = "/etc/juno/config.toml";

function read(text: string, contradictions: Parameters<typeof readSettings<Sample>>[2] = () => []) {
  return readSettings<Sample>(sampleSections, { file, text, env: {}, overrides: {} }, contradictions);
}

/** Everything as it should be; each flaw below changes one place of it. */
const good = `
[ship]
name = "Juno"
crewMax = 20

[[port]]
id = 1
map = "one.png"

[[port]]
id = 2
map = "two.png"
`;

test("defaults fill what is left out; a list keeps its order", (t) => {
  t.deepEqual(accepted(read(good)).settings, {
    ship: { name: "Juno", crewMax: 20, speed: [2, 20], sail: "up", chart: "/etc/juno/charts/sea.png" },
    port: [
      { id: 1, map: "/etc/juno/one.png" },
      { id: 2, map: "/etc/juno/two.png" },
    ],
  });
});

const flaws: readonly (readonly [string, string, string])[] = [
  ["an unknown section", `${good}[shop]\n`, '[shop]: unknown section; did you mean "ship"?'],
  ["an unknown section far from all", `${good}[weather]\n`, "[weather]: unknown section; known are ship, radio, port"],
  ["a word that JavaScript knows", `${good}[constructor]\n`, "[constructor]: unknown section; known are"],
  ["a prototype", `__proto__ = 1\n${good}`, "[__proto__]: unknown section; known are"],
  ["a typo in a key", good.replace("crewMax", "crewMaxx"), '[ship] crewMaxx: unknown key; did you mean "crewMax"?'],
  ["a typo in a list", good.replace("id = 2", "ids = 2"), '[[port]] number 2: ids: unknown key; did you mean "id"?'],
  ["a key left out", good.replace('name = "Juno"', ""), "[ship] name: is missing; must be 1 to 63 letters, digits,"],
  [
    "a number left out",
    good.replace("id = 2", ""),
    "[[port]] number 2: id: is missing; must be a whole number from 0 to 9; write id = 0",
  ],
  ["a text for a number", good.replace("20", '"20"'), '[ship] crewMax: must be a whole number from 1 to 100; is "20"'],
  ["a fraction", good.replace("20", "2.5"), "[ship] crewMax: must be a whole number from 1 to 100; is 2.5"],
  ["below the least", good.replace("20", "0"), "[ship] crewMax: must be a whole number from 1 to 100; is 0"],
  ["above the most", good.replace("20", "101"), "[ship] crewMax: must be a whole number from 1 to 100; is 101"],
  ["a number without end", good.replace("20", "inf"), "[ship] crewMax: must be a whole number from 1 to 100; is null"],
  ["a date", good.replace("20", "2020-01-01"), "[ship] crewMax: must be a whole number from 1 to 100; is"],
  [
    "a word that is none of the choices",
    good.replace("crewMax = 20", 'sail = "half"'),
    '[ship] sail: must be "up" or "down"; is "half"',
  ],
  [
    "a range upside down",
    good.replace("crewMax = 20", "speed = [20, 2]"),
    "[ship] speed: must be two whole numbers from 0 to 50, the lower one first; is [20,2]",
  ],
  [
    "a range of nothing",
    good.replace("crewMax = 20", "speed = [2, 2]"),
    "[ship] speed: must be two whole numbers from 0 to 50",
  ],
  ["an empty path", good.replace('"one.png"', '""'), '[[port]] number 1: map: must be a path; is ""'],
  ["a path with a zero byte", good.replace('"one.png"', '"a\\u0000b"'), "[[port]] number 1: map: must be a path; is"],
  [
    "a name that climbs",
    good.replace('"Juno"', '"../x"'),
    "[ship] name: must be 1 to 63 letters, digits, dots, dashes",
  ],
  ["a name with a line end", good.replace('"Juno"', '"Juno\\n"'), "[ship] name: must be 1 to 63 letters, digits"],
  [
    "a section that is a value",
    `ship = 1\n${good.replace(/\[ship\][^[]*/, "")}`,
    "[ship]: must be a section; write [ship] on a line of its own",
  ],
  [
    "a section with two brackets",
    good.replace("[ship]", "[[ship]]"),
    "[ship]: must be a section; write [ship] on a line of its own",
  ],
  [
    "a list with one bracket",
    '[ship]\nname = "a"\n[port]\nid = 1\n',
    "[[port]]: must be a list; write [[port]], with two brackets, before each item",
  ],
];

for (const [what, text, expected] of flaws) {
  test(`${what} is refused with its place and the mend`, (t) => {
    t.true(reasonOf(read(text)).includes(`${file}: ${expected}`), reasonOf(read(text)));
  });
}

test("the limits themselves are taken", (t) => {
  for (const crewMax of [1, 100])
    t.is(accepted(read(good.replace("20", String(crewMax)))).settings.ship.crewMax, crewMax);
  for (const length of [1, 63, 64]) {
    t.is(read(good.replace("Juno", "n".repeat(length))).ok, length < 64, `a name of ${length} letters`);
  }
});

test("all mistakes are told at once, one a line", (t) => {
  const text = good.replace("crewMax = 20", "crewMax = 0\nsails = 1").replace("id = 1", "id = 10");
  t.deepEqual(
    reasonOf(read(text))
      .split("\n")
      .map((line) => line.replace(`${file}: `, "").split(":", 2).join(":")),
    [
      '[ship] sails: unknown key; did you mean "sail"?',
      "[ship] crewMax: must be a whole number from 1 to 100; is 0",
      "[[port]] number 1: id",
    ],
  );
});

test("what is no TOML is refused with line and column, in one line", (t) => {
  t.is(
    reasonOf(read('[ship]\nname = "Juno\n')),
    `${file}:2:13: not TOML: control characters are not allowed in strings; correct that line`,
  );
  for (const text of ["[ship", "a = ", "a = 1\na = 2", "[ship]\n[ship]", "\u0000", "a = 99999999999999999999"]) {
    t.regex(reasonOf(read(text)), /^\/etc\/juno\/config\.toml:\d+:\d+: not TOML: [^\n]+; correct that line$/, text);
  }
});

test("a long value is shown cut", (t) => {
  const reason = reasonOf(read(good.replace("20", `"${"x".repeat(500)}"`)));
  t.true(reason.endsWith(`is "${"x".repeat(76)}...`), reason);
});

test("contradictions are asked for only where each setting is fine, and name the place and the value", (t) => {
  const contradictions = () => [
    { section: "ship", key: "crewMax", reason: "must be less" },
    { section: "port", key: "id", item: 1, reason: "must be another" },
  ];
  t.is(
    reasonOf(read(good, contradictions)),
    `${file}: [ship] crewMax: must be less; is 20\n${file}: [[port]] number 2: id: must be another; is 2`,
  );
  t.is(
    reasonOf(read(good.replace("20", "0"), contradictions)),
    `${file}: [ship] crewMax: must be a whole number from 1 to 100; is 0`,
  );
});
