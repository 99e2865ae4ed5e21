import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { fakeApi, makeTask, problem } from "@/test/fake-api";
import { renderApp } from "@/test/render";

import { TaskForm } from "./task-form";
import { splitTags } from "./task-values";

afterEach(() => vi.unstubAllGlobals());

test("only what was changed is sent, for the version that was seen", async () => {
  const task = makeTask({ title: "Milk", priority: "low", tags: ["home"], version: 7 });
  const asked = fakeApi({
    [`PATCH /api/tasks/${task.id}`]: () => ({ body: { ...task, title: "Oat milk", version: 8 } }),
  });
  const done = vi.fn();
  renderApp(<TaskForm task={task} onDone={done} />);
  await userEvent.clear(screen.getByLabelText("Title"));
  await userEvent.type(screen.getByLabelText("Title"), "Oat milk");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked[0]?.body).toEqual({ title: "Oat milk" });
  expect(asked[0]?.headers.get("if-match")).toBe('"7"');
});

test("a conflict shows both versions, and the person chooses", async () => {
  const task = makeTask({ title: "Milk", version: 1 });
  const theirs = { ...task, title: "Oat milk", version: 2 };
  let version = 2;
  const asked = fakeApi({
    [`GET /api/tasks/${task.id}`]: () => ({ body: theirs }),
    [`PATCH /api/tasks/${task.id}`]: ({ headers, body }) => {
      if (headers.get("if-match") !== `"${version}"`) return problem(412, "precondition_failed");
      version += 1;
      return { body: { ...theirs, ...(body as object), version } };
    },
  });
  const done = vi.fn();
  renderApp(<TaskForm task={task} onDone={done} />);
  await userEvent.type(screen.getByLabelText("Title"), "!");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("cell", { name: "Milk!" })).toBeVisible();
  expect(screen.getByRole("cell", { name: "Oat milk" })).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("changed elsewhere");
  expect(screen.getByLabelText("Title")).toHaveValue("Milk!");
  await userEvent.click(screen.getByRole("button", { name: "Take the other version" }));
  expect(screen.getByLabelText("Title")).toHaveValue("Oat milk");
  await userEvent.type(screen.getByLabelText("Title"), "!");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked.at(-1)?.body).toEqual({ title: "Oat milk!" });
});

test("a change of other fields elsewhere stays, and is no question", async () => {
  const task = makeTask({ title: "Milk", version: 1 });
  const asked = fakeApi({
    [`GET /api/tasks/${task.id}`]: () => ({ body: { ...task, priority: "high", version: 2 } }),
    [`PATCH /api/tasks/${task.id}`]: ({ headers }) =>
      headers.get("if-match") === '"2"' ? { body: { ...task, version: 3 } } : problem(412, "precondition_failed"),
  });
  const done = vi.fn();
  renderApp(<TaskForm task={task} onDone={done} />);
  await userEvent.type(screen.getByLabelText("Title"), "!");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked.at(-1)?.body).toEqual({ title: "Milk!" });
});

test("what is wrong stands beside its field, by our rules and by the API's", async () => {
  fakeApi({
    "POST /api/tasks": () =>
      problem(422, "invalid", [{ field: "tags.1", code: "too_long", message: "Shorten the tag." }]),
  });
  renderApp(<TaskForm onDone={() => undefined} />);
  const add = screen.getByRole("button", { name: "Add task" });
  await userEvent.click(add);
  expect(await screen.findByLabelText("Title")).toHaveAccessibleDescription("Give the task a title.");
  await userEvent.type(screen.getByLabelText("Title"), "<b>Milk</b> 🥛");
  await userEvent.type(screen.getByLabelText("Tags"), "home, x");
  await userEvent.click(add);
  await waitFor(() => expect(screen.getByLabelText("Tags")).toHaveAccessibleDescription("Shorten the tag."));
  expect(screen.getByLabelText("Title")).toHaveValue("<b>Milk</b> 🥛");
});

test("an answer that was lost makes no second task: the same text has the same key", async () => {
  let lost = true;
  const asked = fakeApi({
    "POST /api/tasks": () => {
      if (lost) throw new TypeError("Failed to fetch");
      return { status: 201, body: makeTask({ title: "Milk" }) };
    },
  });
  const done = vi.fn();
  renderApp(<TaskForm onDone={done} />);
  await userEvent.type(screen.getByLabelText("Title"), "Milk");
  await userEvent.click(screen.getByRole("button", { name: "Add task" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("No connection");
  lost = false;
  await userEvent.click(screen.getByRole("button", { name: "Add task" }));
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  const posts = asked.filter((one) => one.path === "/api/tasks" && one.method === "POST");
  expect(new Set(posts.map((one) => one.headers.get("idempotency-key"))).size).toBe(1);
  expect(posts).toHaveLength(2);
});

test("tags are cut at commas, without # and doubles", () => {
  expect(splitTags(" #home,work , ,home")).toEqual(["home", "work"]);
});
