import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { listenForSwipes } from "./use-row-swipe";

const onRight = vi.fn();
const onLeft = vi.fn();
let end = () => undefined as void;
let row: HTMLElement;

beforeEach(() => {
  onRight.mockClear();
  onLeft.mockClear();
  document.body.innerHTML = "<ul><li><div><button data-row='t1'>Tea</button></div></li></ul>";
  const list = document.querySelector("ul") as HTMLElement;
  row = document.querySelector("button") as HTMLElement;
  end = listenForSwipes(list, { onRight, onLeft });
});
afterEach(() => end());

function touch(type: string, x: number, y = 0, pointerType = "touch"): void {
  // jsdom's own PointerEvent lacks what is set here.
  const event = new MouseEvent(type, { bubbles: true, clientX: x, clientY: y });
  row.dispatchEvent(Object.assign(event, { pointerId: 1, pointerType, isPrimary: true }));
}

test("far to the right and far to the left do their thing", () => {
  touch("pointerdown", 0);
  touch("pointermove", 100);
  expect(document.querySelector("li")?.dataset["swipe"]).toBe("right-armed");
  touch("pointerup", 100);
  expect(onRight).toHaveBeenCalledExactlyOnceWith("t1");
  expect(document.querySelector("li")?.dataset["swipe"]).toBeUndefined();
  touch("pointerdown", 200);
  touch("pointermove", 90);
  touch("pointerup", 90);
  expect(onLeft).toHaveBeenCalledExactlyOnceWith("t1");
});

test("a short way, a scroll, a cancelled one and a mouse do nothing", () => {
  touch("pointerdown", 0);
  touch("pointermove", 60);
  touch("pointerup", 60);
  touch("pointerdown", 0);
  touch("pointermove", 2, 40);
  touch("pointermove", 120, 60);
  touch("pointerup", 120, 60);
  touch("pointerdown", 0);
  touch("pointermove", 120);
  touch("pointercancel", 120);
  touch("pointerdown", 0, 0, "mouse");
  touch("pointermove", 120, 0, "mouse");
  touch("pointerup", 120, 0, "mouse");
  expect(onRight).not.toHaveBeenCalled();
  expect(onLeft).not.toHaveBeenCalled();
});
