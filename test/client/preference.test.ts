import test from "ava";
import {
  chosenNode,
  createPreference,
  noteConnected,
  noteDisconnected,
  noteFirst,
  noteGraceOver,
  noteLeading,
  noteSilence,
} from "../../client/preference.ts";
import type { NodeId } from "../../wire/types.ts";

const node = (id: number) => id as NodeId;

function connectedTo(...ids: number[]) {
  const preference = createPreference(ids.length, 1);
  for (const id of ids) noteConnected(preference, node(id));
  return preference;
}

test("nobody is chosen before all are connected or had time to be, nor while too few are for an agreement", (t) => {
  const preference = createPreference(4, 2);
  noteConnected(preference, node(1));
  noteConnected(preference, node(2));
  t.is(chosenNode(preference), undefined);
  noteGraceOver(preference);
  t.is(chosenNode(preference), node(1));
  noteDisconnected(preference, node(1));
  t.is(chosenNode(preference), undefined);
  noteConnected(preference, node(3));
  t.is(chosenNode(preference), node(2));
});

test("there is no need to wait once all are connected", (t) => {
  const preference = createPreference(2, 1);
  noteConnected(preference, node(2));
  t.is(chosenNode(preference), undefined);
  noteConnected(preference, node(1));
  t.is(chosenNode(preference), node(1));
});

test("the lowest id comes first, and the choice is kept though others are quicker or come later", (t) => {
  const preference = connectedTo(3, 2);
  t.is(chosenNode(preference), node(2));
  noteConnected(preference, node(1));
  noteFirst(preference, node(3));
  t.is(chosenNode(preference), node(2));
});

test("after a broken connection the quickest of late follows", (t) => {
  const preference = connectedTo(1, 2, 3);
  chosenNode(preference);
  for (let i = 0; i < 200; i++) noteFirst(preference, node(2));
  for (let i = 0; i < 60; i++) noteFirst(preference, node(3));
  noteDisconnected(preference, node(1));
  t.is(chosenNode(preference), node(3));
});

test("after silence another one is tried, where there is one", (t) => {
  const preference = connectedTo(1, 2);
  chosenNode(preference);
  noteSilence(preference);
  t.is(chosenNode(preference), node(2));
  noteDisconnected(preference, node(1));
  noteSilence(preference);
  t.is(chosenNode(preference), node(2));
});

test("who says that it leads is chosen, unless it was silent when chosen", (t) => {
  const preference = connectedTo(1, 2, 3);
  noteLeading(preference, node(3));
  t.is(chosenNode(preference), node(3));
  noteLeading(preference, node(4));
  t.is(chosenNode(preference), node(3), "4 is not connected");
  noteSilence(preference);
  t.is(chosenNode(preference), node(1));
  noteLeading(preference, node(3));
  t.is(chosenNode(preference), node(1));
});

test("silence tries everyone once before anyone twice, and is forgiven once all have been silent", (t) => {
  const preference = connectedTo(1, 2, 3);
  const tried = [chosenNode(preference)];
  for (let i = 0; i < 3; i++) {
    noteSilence(preference);
    tried.push(chosenNode(preference));
  }
  t.deepEqual(tried, [node(1), node(2), node(3), node(1)]);
  noteLeading(preference, node(2));
  t.is(chosenNode(preference), node(2));
});
