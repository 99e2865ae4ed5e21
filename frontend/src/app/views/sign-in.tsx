import { Link } from "@tanstack/react-router";
import { useEffect } from "react";

import { AuthForm } from "@/features/auth/auth-form";
import { useT } from "@/i18n/i18n";
import { firstViewShown } from "@/lib/first-view";

function AuthPage({ kind }: { kind: "sign-in" | "register" }) {
  const t = useT();
  const title = t(`auth.${kind}.title`);
  useEffect(() => {
    document.title = `${title} · Spindle`;
    firstViewShown();
  }, [title]);
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <main className="w-full max-w-sm">
        <img src="/icon.svg" alt="" className="mb-5 size-10" />
        <h1 className="text-xl font-bold tracking-tight">{title}</h1>
        <p className="mt-1 mb-7 text-muted">{t("auth.claim")}</p>
        <AuthForm key={kind} kind={kind} />
        <Link
          to={kind === "sign-in" ? "/register" : "/sign-in"}
          search={(before) => before}
          className="mt-5 inline-flex min-h-11 items-center text-sm text-accent underline underline-offset-4"
        >
          {t(kind === "sign-in" ? "auth.to-register" : "auth.to-sign-in")}
        </Link>
      </main>
    </div>
  );
}

export function SignInPage() {
  return <AuthPage kind="sign-in" />;
}

export function RegisterPage() {
  return <AuthPage kind="register" />;
}
