// What stands in the place of a page.
import { Link, useRouter } from "@tanstack/react-router";

import { ProblemError } from "@/api/problem";
import { useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Button, buttonClass } from "@/ui/button";
import { ErrorState, SkeletonRows } from "@/ui/states";

export function LoadingPage() {
  const t = useT();
  return (
    <div className="mx-auto max-w-3xl px-4 py-16">
      <SkeletonRows label={t("app.loading")} />
    </div>
  );
}

export function NotFoundPage() {
  const t = useT();
  return (
    <main className="p-4">
      <ErrorState
        text={t("app.not-found")}
        action={
          <Link to="/today" className={buttonClass("primary")}>
            {t("app.not-found.home")}
          </Link>
        }
      />
    </main>
  );
}

/** A view that failed: the reason when the API gave one. */
export function BrokenPage({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useT();
  const router = useRouter();
  return (
    <main className="p-4">
      <ErrorState
        text={error instanceof ProblemError ? problemText(error) : t("app.broken")}
        action={
          <Button
            look="primary"
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            {t("app.retry")}
          </Button>
        }
      />
    </main>
  );
}
