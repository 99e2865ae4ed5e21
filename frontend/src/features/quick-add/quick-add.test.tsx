import { readFile } from "node:fs/promises";

import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { signIn } from "@/api/session";
import { type Asked, fakeApi, makeTask, problem, session } from "@/test/fake-api";
import { renderApp } from "@/test/render";

import { keptDraft, linesOf, stillLiteral } from "./draft";
import { QuickAdd } from "./quick-add";

/** The network with a server of tasks; the parser is the real module, read from its file. */
async function start(quick: (asked: Asked) => ReturnType<typeof problem>): Promise<Asked[]> {
  const asked = fakeApi({
    "POST /api/auth/login": () => ({ body: session() }),
    "POST /api/tasks/quick": quick,
  });
  const network = fetch;
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    if (!String(input instanceof Request ? input.url : input).endsWith(".wasm")) return network(input, init);
    const bytes = await readFile("src/quick/generated/quick_bg.wasm");
    return new Response(bytes, { headers: { "content-type": "application/wasm" } });
  });
  await signIn({ email: "ada@example.org", password: "x" });
  return asked;
}

const line = () => screen.getByLabelText("New task, in one line");

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test("what is understood is shown while typing; one key makes it text", async () => {
  const asked = await start(() => ({ status: 201, body: makeTask({ title: "Meet monday team" }) }));
  const done = vi.fn();
  renderApp(<QuickAdd onDone={done} />);
  await userEvent.type(line(), "Meet monday team #work");
  await screen.findByRole("button", { name: /^Tag: work/ });
  const chip = await screen.findByRole("button", { name: /^Date: .*“monday” as plain text/ });
  chip.focus();
  await userEvent.keyboard("{Backspace}");
  expect(screen.queryByRole("button", { name: /^Date:/ })).toBeNull();
  expect(line()).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked.at(-1)?.body).toEqual({ text: "Meet monday team #work", literal: ["monday"] });
});

test("a failed save keeps the text, and trying again is the same command", async () => {
  let lost = true;
  const asked = await start(() => {
    if (lost) throw new TypeError("Failed to fetch");
    return { status: 201, body: makeTask() };
  });
  const done = vi.fn();
  const { unmount } = renderApp(<QuickAdd onDone={done} />);
  await userEvent.type(line(), "Call Ada tomorrow{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("No connection");
  expect(line()).toHaveValue("Call Ada tomorrow");
  lost = false;
  await userEvent.type(line(), "{Enter}");
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  const keys = asked.filter((one) => one.path === "/api/tasks/quick").map((one) => one.headers.get("idempotency-key"));
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  unmount();
});

test("several pasted lines ask first; what is not saved stays", async () => {
  let saved = 0;
  await start(() => {
    saved += 1;
    return saved > 2 ? problem(503, "busy") : { status: 201, body: makeTask() };
  });
  renderApp(<QuickAdd onDone={() => undefined} />);
  await userEvent.click(line());
  await userEvent.paste("Milk\n\nBread\r\nEggs\nTea");
  expect(await screen.findByText("4 tasks?")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Add 4 tasks" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("2 lines are not saved");
  expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["Eggs", "Tea"]);
});

test("what was typed outlives the dialog, for its person only", async () => {
  await start(() => ({ status: 201, body: makeTask() }));
  const { unmount } = renderApp(<QuickAdd onDone={() => undefined} />);
  await userEvent.type(line(), "<b>half</b> a thought 🥛");
  unmount();
  expect(keptDraft(session().user.id).text).toBe("<b>half</b> a thought 🥛");
  expect(keptDraft("somebody else").text).toBe("");
});

test("lines and refused phrases", () => {
  expect(linesOf(" a \n\n b\r\nc\u2028d")).toEqual(["a", "b", "c", "d"]);
  expect(stillLiteral("meet team", ["monday", "team"])).toEqual(["team"]);
});
