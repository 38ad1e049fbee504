// What a person is told of failures, and what passes by itself.
import { beforeEach, expect, test } from "vitest";
import { failed, refused, toFailureData } from "../../shared/failure/index.ts";
import { notify, notifyOf, notifyOfRead, useNotices } from "./notices.ts";

const lost = (message: string) => failed("contract.connection-lost", { message });
const shown = () => useNotices.getState().notices;

beforeEach(() => useNotices.setState({ notices: [] }));

test("an act that met a lost connection is told, once in whatever words", () => {
  notify(lost("The socket closed."));
  notify(lost("There is no connection."));
  expect(shown()).toHaveLength(1);
});

test("a read says nothing of a lost connection, nor of a project that is being opened again", () => {
  notifyOfRead(lost("The socket closed."));
  notifyOfRead(refused("project.none-open", { message: "No project is open." }));
  expect(shown()).toEqual([]);
  notifyOfRead(refused("media.not-found", { message: "There is no such file." }));
  expect(shown()).toHaveLength(1);
});

test("the same failure of two files is told for each, with the file's name", () => {
  const failure = toFailureData(refused("media.damaged", { message: "It is damaged." }));
  notifyOf("a.mp4", failure);
  notifyOf("b.mp4", failure);
  notifyOf("b.mp4", failure);
  expect(shown().map(({ subject }) => subject)).toEqual(["a.mp4", "b.mp4"]);
});
