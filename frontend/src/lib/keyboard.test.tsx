import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { activeShortcuts, listenForShortcuts, useShortcut } from "./keyboard";

function Keys({ on, ...more }: { on: Record<string, () => void>; whileTyping?: boolean }) {
  return Object.entries(on).map(([keys, run]) => <One key={keys} keys={keys} run={run} {...more} />);
}

function One(props: { keys: string; run: () => void; whileTyping?: boolean }) {
  useShortcut({ label: props.keys, group: "", ...props });
  return null;
}

let end: () => void;
beforeEach(() => {
  end = listenForShortcuts();
});
afterEach(() => end());

test("nothing fires while typing, except what is made for it", async () => {
  const [q, save] = [vi.fn(), vi.fn()];
  const page = render(
    <>
      <input aria-label="text" />
      <Keys on={{ q }} />
      <Keys on={{ "mod+s": save }} whileTyping />
    </>,
  );
  await userEvent.type(page.getByLabelText("text"), "q{Control>}s{/Control}");
  expect(q).not.toHaveBeenCalled();
  expect(save).toHaveBeenCalledOnce();
});

test("two keys one after the other are one shortcut", async () => {
  const [goTo, t] = [vi.fn(), vi.fn()];
  render(<Keys on={{ "g t": goTo, t }} />);
  await userEvent.keyboard("gt");
  expect([goTo.mock.calls.length, t.mock.calls.length]).toEqual([1, 0]);
  await userEvent.keyboard("t");
  expect(t).toHaveBeenCalledOnce();
});

test("a character is itself on every layout; with Ctrl, Shift counts", async () => {
  const [sheet, undo, redo] = [vi.fn(), vi.fn(), vi.fn()];
  render(<Keys on={{ "?": sheet, "mod+z": undo, "mod+shift+z": redo }} />);
  await userEvent.keyboard("{Shift>}?{/Shift}{Meta>}z{/Meta}{Control>}{Shift>}Z{/Shift}{/Control}");
  expect([sheet, undo, redo].map((run) => run.mock.calls.length)).toEqual([1, 1, 1]);
});

test("a shortcut goes with its component", async () => {
  const run = vi.fn();
  const page = render(<Keys on={{ j: run }} />);
  expect(activeShortcuts().map((shortcut) => shortcut.keys)).toEqual(["j"]);
  page.unmount();
  await userEvent.keyboard("j");
  expect(run).not.toHaveBeenCalled();
  expect(activeShortcuts()).toEqual([]);
});
