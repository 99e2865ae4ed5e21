import { screen } from "@testing-library/react";
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
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked[0]?.body).toEqual({ title: "Oat milk" });
  expect(asked[0]?.headers.get("if-match")).toBe('"7"');
});

test("a conflict keeps what was typed and says so", async () => {
  const task = makeTask({ title: "Milk" });
  fakeApi({ [`PATCH /api/tasks/${task.id}`]: () => problem(412, "precondition_failed") });
  renderApp(<TaskForm task={task} onDone={() => undefined} />);
  await userEvent.type(screen.getByLabelText("Title"), "!");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("changed elsewhere");
  expect(screen.getByLabelText("Title")).toHaveValue("Milk!");
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
  await vi.waitFor(() => expect(screen.getByLabelText("Tags")).toHaveAccessibleDescription("Shorten the tag."));
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
  await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  const posts = asked.filter((one) => one.path === "/api/tasks" && one.method === "POST");
  expect(new Set(posts.map((one) => one.headers.get("idempotency-key"))).size).toBe(1);
  expect(posts).toHaveLength(2);
});

test("tags are cut at commas, without # and doubles", () => {
  expect(splitTags(" #home,work , ,home")).toEqual(["home", "work"]);
});
