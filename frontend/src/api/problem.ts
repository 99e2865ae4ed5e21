import type { FieldError, Problem } from "./types";

/** Why a call did not do what was asked. `status` is 0 when no answer came at all. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fields: readonly FieldError[] = [],
    readonly requestId = "",
  ) {
    super(detail);
  }

  /** Whether trying again later can help: there was no answer, or the server said that it is busy. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }

  get isConflict(): boolean {
    return this.status === 412;
  }

  /** What is wrong with this field, if anything. */
  field(name: string): string | undefined {
    return this.fields.find((error) => error.field === name || error.field.startsWith(`${name}.`))?.message;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** The error for an answer that is not a success. A body that is no problem document comes from something between us and the API. */
export function problemOf(status: number, body: unknown): ProblemError {
  if (isProblem(body)) {
    return new ProblemError(status, body.code, body.detail, body.errors, body.request_id);
  }
  return new ProblemError(status, "unexpected_answer", `HTTP ${status}`);
}

export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(0, "unreachable", error instanceof Error ? error.message : String(error));
}
