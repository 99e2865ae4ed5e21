import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { fakeApi, makeTask, problem, session } from "@/test/fake-api";

type Modules = { client: typeof import("./client"); session: typeof import("./session") };

/** The session is one for the page: each test has a page of its own. */
async function page(): Promise<Modules> {
  vi.resetModules();
  return { client: await import("./client"), session: await import("./session") };
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test("a refused token is refreshed once for all that wait, and what was asked is sent again", async () => {
  let valid = "t1";
  const asked = fakeApi({
    "POST /api/auth/login": () => ({ body: session("t1") }),
    "POST /api/auth/refresh": () => {
      valid = "t2";
      return { body: session("t2") };
    },
    "GET /api/me": ({ headers }) =>
      headers.get("authorization") === `Bearer ${valid}` && valid === "t2"
        ? { body: session().user }
        : problem(401, "unauthorized"),
  });
  const { client, session: own } = await page();
  await own.signIn({ email: "a@b", password: "p" });
  const answers = await Promise.all([1, 2, 3].map(() => client.ok(client.api.GET("/api/me"))));
  expect(answers.map((answer) => answer.name)).toEqual(["Ada", "Ada", "Ada"]);
  expect(asked.filter((one) => one.path === "/api/auth/refresh")).toHaveLength(1);
});

test("the body and the idempotency key of a POST survive the second sending", async () => {
  let tries = 0;
  const asked = fakeApi({
    "POST /api/auth/login": () => ({ body: session() }),
    "POST /api/auth/refresh": () => ({ body: session("t2") }),
    "POST /api/tasks": () => (++tries === 1 ? problem(401, "unauthorized") : { status: 201, body: makeTask() }),
  });
  const { client, session: own } = await page();
  await own.signIn({ email: "a@b", password: "p" });
  await client.ok(client.api.POST("/api/tasks", { body: { title: "x" } }));
  const posts = asked.filter((one) => one.path === "/api/tasks");
  expect(posts.map((one) => one.body)).toEqual([{ title: "x" }, { title: "x" }]);
  const keys = posts.map((one) => one.headers.get("idempotency-key"));
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
});

test("a session that ended signs out; an unreachable server does not", async () => {
  let away = true;
  fakeApi({
    "POST /api/auth/login": () => ({ body: session() }),
    "POST /api/auth/refresh": () => {
      if (away) throw new TypeError("Failed to fetch");
      return problem(401, "unauthorized");
    },
    "GET /api/me": () => problem(401, "unauthorized"),
  });
  const { client, session: own } = await page();
  await own.signIn({ email: "a@b", password: "p" });
  await expect(client.ok(client.api.GET("/api/me"))).rejects.toMatchObject({ status: 0, isTemporary: true });
  expect(own.getSession().status).toBe("signed-in");
  away = false;
  await expect(client.ok(client.api.GET("/api/me"))).rejects.toMatchObject({ status: 401 });
  expect(own.getSession().status).toBe("signed-out");
});

test("somebody who never signed in here asks the server nothing", async () => {
  const asked = fakeApi({});
  const { session: own } = await page();
  await own.resumeSession();
  expect(own.getSession().status).toBe("signed-out");
  expect(asked).toEqual([]);
});

test("the token is refreshed before it ends", async () => {
  vi.useFakeTimers();
  const asked = fakeApi({
    "POST /api/auth/login": () => ({ body: session("t1", 900) }),
    "POST /api/auth/refresh": () => ({ body: session("t2", 900) }),
  });
  const { session: own } = await page();
  await own.signIn({ email: "a@b", password: "p" });
  await vi.advanceTimersByTimeAsync(839_000);
  expect(own.accessToken()).toBe("t1");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(own.accessToken()).toBe("t2");
  expect(asked.map((one) => one.path)).toEqual(["/api/auth/login", "/api/auth/refresh"]);
  vi.useRealTimers();
});

test("a problem becomes an error that knows its fields", async () => {
  fakeApi({
    "POST /api/tasks": () =>
      problem(422, "invalid", [{ field: "tags.3", code: "too_long", message: "A tag has at most 64 characters." }]),
  });
  const { client } = await page();
  const failure = await client
    .ok(client.api.POST("/api/tasks", { body: { title: "x" } }))
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ status: 422, code: "invalid", isTemporary: false });
  expect((failure as import("./problem").ProblemError).field("tags")).toBe("A tag has at most 64 characters.");
});

test("lists in a query are separated by commas", async () => {
  const asked = fakeApi({ "GET /api/tasks": () => ({ body: {} }) });
  const { client } = await page();
  await client.ok(client.api.GET("/api/tasks", { params: { query: { priority: ["high", "low"], tags: ["a b"] } } }));
  expect(asked[0]?.query.get("priority")).toBe("high,low");
  expect(asked[0]?.query.get("tags")).toBe("a b");
});
