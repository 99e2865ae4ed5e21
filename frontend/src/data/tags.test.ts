import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test } from "vitest";

import { register } from "@/api/session";
import { type Asked, fakeApi, makeTask, session } from "@/test/fake-api";

import { keys } from "./keys";
import { applyToTags, countTags, forgetTags, type KnownTags, readTags } from "./tags";

let total = 3;
let tasks = [
  [makeTask({ tags: ["Home", "work"] }), makeTask({ tags: ["home"] })],
  [makeTask({ tags: ["garden"] }), makeTask({ tags: ["done"], completed: true })],
];
let asked: Asked[];

beforeEach(async () => {
  asked = fakeApi({
    "POST /api/auth/register": () => ({ status: 201, body: session() }),
    "GET /api/tasks": ({ query }) => {
      const page = Number(query.get("page"));
      return { body: { items: tasks[page - 1], total, page, page_size: 200, pages: tasks.length } };
    },
  });
  await register({ email: "ada@example.org", password: "correct horse", name: "", time_zone: "UTC" });
});
afterEach(forgetTags);

const read = () => readTags(new AbortController().signal);
const reads = () => asked.filter(({ path }) => path === "/api/tasks").length;

test("all pages are read; tags that differ in case are one, the most used first", async () => {
  expect(countTags(await read())).toEqual(["Home", "garden", "work"]);
  expect(reads()).toBe(2);
});

test("of very many tasks only the first page is read while what was found is of today", async () => {
  total = 2_001;
  await read();
  expect(reads()).toBe(2);
  expect(countTags(await read())).toEqual(["Home", "garden", "work"]);
  expect(reads()).toBe(3);
});

test("live changes add, and take away what no task has any more", async () => {
  total = 3;
  const client = new QueryClient();
  client.setQueryData<KnownTags>(keys.tags, await read());
  const [first] = tasks.flat();
  const gone = tasks[1]?.[0]?.id ?? "";
  applyToTags(client, {
    cursor: 2,
    reset: false,
    filters: false,
    notifications: [],
    tasks: [makeTask({ ...first, tags: ["home"] }), makeTask({ tags: ["new"] })],
    gone: [gone],
  });
  expect(countTags(client.getQueryData<KnownTags>(keys.tags) ?? { ofTasks: new Map(), kept: [] })).toEqual([
    "home",
    "new",
  ]);
});

test("nothing is left once it is forgotten", async () => {
  total = 2_001;
  await read();
  forgetTags();
  await read();
  expect(reads()).toBe(4);
});
