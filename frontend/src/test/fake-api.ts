// Stands for the network in tests: answers by method and path, and keeps what was asked.
import { vi } from "vitest";

import type { FieldError, Session, Task } from "@/api/types";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };
type Handler = (asked: Asked) => Answer | Promise<Answer>;

/** Routes are named `"GET /api/tasks"`. What is not named is 404. */
export function fakeApi(routes: Record<string, Handler>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(String(input), location.origin), init);
    const url = new URL(request.url);
    const text = await request.text();
    const one = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    asked.push(one);
    const handler = routes[`${one.method} ${one.path}`];
    const { status = 200, body, headers } = handler === undefined ? problem(404, "not_found") : await handler(one);
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    });
  });
  return asked;
}

export function problem(status: number, code: string, errors: FieldError[] = []): Answer {
  const body = { type: "about:blank", title: code, status, detail: `It is ${code}.`, code, errors, request_id: "r" };
  return { status, body };
}

export function session(token = "t1", expires_in = 900): Session {
  return {
    access_token: token,
    token_type: "Bearer",
    expires_in,
    user: {
      id: "0198f3a0-0000-7000-8000-000000000000",
      email: "ada@example.org",
      name: "Ada",
      time_zone: "Europe/Berlin",
      all_day_reminder_at: "09:00",
      week_start: "monday",
      hour_cycle: null,
      theme: "system",
      language: null,
      created_at: "2026-01-01T00:00:00Z",
    },
  };
}

let number = 0;

export function makeTask(fields: Partial<Task> = {}): Task {
  number += 1;
  return {
    id: `0198f3a0-0000-7000-8000-${String(number).padStart(12, "0")}`,
    user_id: session().user.id,
    title: `Task ${number}`,
    position: `p${String(number).padStart(8, "0")}`,
    description: "",
    completed: false,
    completed_at: null,
    priority: "none",
    tags: [],
    due_date: null,
    due_at: null,
    time_zone: null,
    is_overdue: false,
    reminder_at: null,
    reminder_minutes_before: null,
    reminder_days_before: 0,
    recurrence_pattern: null,
    recurrence_interval: null,
    recurrence_days: [],
    recurrence_rule: null,
    recurrence_cron: null,
    recurrence_mode: "schedule",
    recurrence_missed: "future",
    recurrence_month_end: "clamp",
    recurrence_until: null,
    recurrence_count: null,
    recurrence_exdates: [],
    recurrence_anchor: null,
    recurrence_enabled: false,
    parent_task_id: null,
    created_at: "2026-11-20T10:00:00Z",
    updated_at: "2026-11-20T10:00:00Z",
    deleted_at: null,
    version: 1,
    ...fields,
  };
}
