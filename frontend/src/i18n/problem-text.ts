import type { ProblemError } from "@/api/problem";

import { t } from "./i18n";

/** What to tell a person. The API's own sentences say which rule was broken and how to keep it. */
export function problemText(problem: ProblemError): string {
  if (problem.status === 0) return t("problem.unreachable");
  if (problem.code === "unexpected_answer") {
    return problem.isTemporary ? t("problem.busy") : t("problem.unexpected", { status: problem.status });
  }
  return problem.fields.length === 0 ? problem.message : problem.fields.map((field) => field.message).join(" ");
}
