import { resolve } from "node:path";
import test from "ava";
import { isTable, ownValue, unknownNames, variableOf } from "../../../cluster/settings/layers.ts";
import { readSettings } from "../../../cluster/settings/read-settings.ts";
import { accepted, reasonOf } from "../reason-of.ts";
import { type Sample, sampleSections } from "./sample-sections.ts";

const text = '[ship]\nname = "Juno"\ncrewMax = 20\n';

function read(env: Readonly<Record<string, string>>, overrides: Readonly<Record<string, string>>, toml = text) {
  return readSettings<Sample>(sampleSections, { file: "/etc/juno/config.toml", text: toml, env, overrides }, () => []);
}

test("a flag goes over a variable, a variable over the file, the file over the default", (t) => {
  const variable = { JUNO_SHIP_CREW_MAX: "30" };
  const flag = { "ship.crewMax": "40" };
  const cases = [
    [read({}, {}, '[ship]\nname = "Juno"\n'), 10, "default"],
    [read({}, {}), 20, "file"],
    [read(variable, {}), 30, { variable: "JUNO_SHIP_CREW_MAX" }],
    [read(variable, flag), 40, "flag"],
    [read({}, flag), 40, "flag"],
  ] as const;
  for (const [outcome, crewMax, origin] of cases) {
    const { settings, origins } = accepted(outcome);
    t.is(settings.ship.crewMax, crewMax);
    t.deepEqual(origins.get("ship.crewMax"), origin);
  }
});

test("a refused value of a lower layer does not matter, one of the winning layer names where it was set", (t) => {
  const bad = text.replace("20", '"many"');
  t.is(accepted(read({ JUNO_SHIP_CREW_MAX: "30" }, {}, bad)).settings.ship.crewMax, 30);
  const must = "must be a whole number from 1 to 100";
  const file = "/etc/juno/config.toml";
  t.is(reasonOf(read({}, {}, bad)), `${file}: [ship] crewMax: ${must}; is "many"`);
  t.is(
    reasonOf(read({ JUNO_SHIP_CREW_MAX: "x" }, {})),
    `${file}: [ship] crewMax (set by JUNO_SHIP_CREW_MAX): ${must}; is "x"`,
  );
  t.is(reasonOf(read({}, { "ship.crewMax": "101" })), `${file}: [ship] crewMax (set by a flag): ${must}; is 101`);
});

for (const given of ["", " ", "1e1", "0x10", "3.0", "1_0", "+5", "12345678901234567890"]) {
  test(`"${given}" of a variable is no whole number`, (t) => {
    t.is(
      reasonOf(read({ JUNO_SHIP_CREW_MAX: given }, {})),
      `/etc/juno/config.toml: [ship] crewMax (set by JUNO_SHIP_CREW_MAX): must be a whole number from 1 to 100; is "${given}"`,
    );
  });
}

test("a range is written with or without brackets and blanks", (t) => {
  for (const given of ["3,9", "[3, 9]", " [ 3 , 9 ] "]) {
    t.deepEqual(accepted(read({}, { "ship.speed": given })).settings.ship.speed, [3, 9], given);
  }
  for (const given of ["9,3", "3", "3,9,10", "3,", "a,b", "3,51"]) {
    t.regex(
      reasonOf(read({}, { "ship.speed": given })),
      /must be two whole numbers from 0 to 50, the lower one first; is/,
      given,
    );
  }
});

test("paths of the file start at the file, those of variables and flags at the working folder", (t) => {
  const chartOf = (outcome: ReturnType<typeof read>) => accepted(outcome).settings.ship.chart;
  t.is(chartOf(read({}, {})), "/etc/juno/charts/sea.png");
  t.is(chartOf(read({}, {}, `${text}chart = "../a.png"\n`)), "/etc/a.png");
  t.is(chartOf(read({ JUNO_SHIP_CHART: "a.png" }, {})), resolve("a.png"));
  t.is(chartOf(read({}, { "ship.chart": "a.png" })), resolve("a.png"));
  t.is(chartOf(read({}, { "ship.chart": "/a.png" })), "/a.png");
});

test("a key of a table that is not there at all may come from a variable; so may an optional section", (t) => {
  t.is(accepted(read({ JUNO_SHIP_NAME: "Argo" }, {}, "")).settings.ship.name, "Argo");
  t.is(accepted(read({}, {})).settings.radio, undefined);
  t.deepEqual(accepted(read({ JUNO_RADIO_CHANNEL: "7", JUNO_RADIO_CODES: "/c" }, {})).settings.radio, {
    channel: 7,
    codes: "/c",
  });
  t.regex(
    reasonOf(read({ JUNO_RADIO_CHANNEL: "7" }, {})),
    /\[radio\] codes: is missing; must be a path; write codes = /,
  );
});

test("names that mean a section of ours but no key are known for typos; those of others are left alone", (t) => {
  const env = { JUNO_SHIP_CREWMAX: "1", JUNO_SHIP_CREW_MAX: "1", JUNO_SHIPYARD: "1", JUNO_PORT_ID: "1", PATH: "/bin" };
  const unknown = unknownNames(sampleSections, env, { "ship.crew": "1", "port.id": "1", ship: "1" });
  t.deepEqual(unknown.map(({ name }) => name).sort(), ["JUNO_SHIP_CREWMAX", "port.id", "ship", "ship.crew"]);
  t.is(
    reasonOf(read({ JUNO_SHIP_CREWMAX: "1" }, { "ship.crewmax": "1" })),
    [
      '/etc/juno/config.toml: ship.crewmax: unknown setting; did you mean "ship.crewMax"?',
      '/etc/juno/config.toml: JUNO_SHIP_CREWMAX: unknown setting; did you mean "JUNO_SHIP_CREW_MAX"?',
    ].join("\n"),
  );
});

test("variables are the section and the key in capitals", (t) => {
  t.is(variableOf("consensus", "electionTimeoutMs"), "JUNO_CONSENSUS_ELECTION_TIMEOUT_MS");
  t.is(variableOf("log", "level"), "JUNO_LOG_LEVEL");
});

test("what a record inherits is not its own, and a list is no table", (t) => {
  t.is(ownValue({} as Record<string, unknown>, "constructor"), undefined);
  t.is(ownValue({ a: 1 }, "a"), 1);
  t.deepEqual([isTable({}), isTable([]), isTable(null), isTable("x")], [true, false, false, false]);
});
