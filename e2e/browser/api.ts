// The API as a test uses it to prepare what it is not about.
import type { Person } from "./fixtures";

export interface Task {
  id: string;
  title: string;
  completed: boolean;
  due_date: string | null;
}

export class Api {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async register(url: string, { email, password }: Person): Promise<Api> {
    const body = { email, password, name: "Ada", time_zone: "Europe/Berlin" };
    const session = (await call(`${url}/api/auth/register`, { method: "POST", body })) as { access_token: string };
    return new Api(url, session.access_token);
  }

  get<T>(path: string): Promise<T> {
    return this.send<T>("GET", path);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>("PATCH", path, body);
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.send<T>("POST", path, body);
  }

  create(task: Record<string, unknown>): Promise<Task> {
    return this.post<Task>("/api/tasks", task);
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await call(this.url + path, { method, body, token: this.token })) as T;
  }
}

async function call(url: string, options: { method: string; body?: unknown; token?: string }): Promise<unknown> {
  const { method, body, token } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === "POST" ? { "idempotency-key": crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}
