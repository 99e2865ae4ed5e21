import createClient, { type Middleware } from "openapi-fetch";

import { randomKey } from "@/lib/id";

import { problemOf, toProblem } from "./problem";
import type { paths } from "./schema.gen";
import { accessToken, refresh } from "./session";

/** Sends a request as the person; when the token was refused, gets a new one and sends it once more. */
async function authorized(request: Request): Promise<Response> {
  const again = request.clone();
  const send = (what: Request) => {
    const token = accessToken();
    if (token !== null) what.headers.set("authorization", `Bearer ${token}`);
    return fetch(what);
  };
  const response = await send(request);
  if (response.status !== 401 || !(await refresh())) return response;
  return send(again);
}

/** Each POST has a key, so that one that was sent twice (a lost answer, the 401 above) is done once. A caller may give its own. */
const idempotency: Middleware = {
  onRequest({ request }) {
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", randomKey());
    }
    return request;
  },
};

/** The typed API. Wrap calls in `ok`. */
export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  fetch: authorized,
  credentials: "same-origin",
  querySerializer: { array: { style: "form", explode: false } },
});
api.use(idempotency);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a success; anything else is thrown as a `ProblemError`. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    throw toProblem(error);
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error);
  return answer.data as NonNullable<T>;
}

/** As `ok`, for an answer without a body. */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  await ok(call);
}

/** The strong ETag of a task is its version. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}
