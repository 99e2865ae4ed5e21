import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";

import { toProblem } from "@/api/problem";
import { register, signIn } from "@/api/session";
import { t, useT } from "@/i18n/i18n";
import { problemText } from "@/i18n/problem-text";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

const email = z.string().check(z.trim(), z.regex(/^[^\s@]+@[^\s@]+$/, { error: () => t("auth.email.invalid") }));
const schemas = {
  "sign-in": z.object({
    name: z.string(),
    email,
    password: z.string().check(z.minLength(1, { error: () => t("auth.password.missing") })),
  }),
  register: z.object({
    name: z.string(),
    email,
    password: z
      .string()
      .check(
        z.minLength(10, { error: () => t("auth.password.short") }),
        z.maxLength(128, { error: () => t("auth.password.long") }),
      ),
  }),
};
type Values = z.infer<(typeof schemas)["register"]>;

/** Signs in or registers; the session then changes, and the app goes on from there. */
export function AuthForm({ kind }: { kind: "sign-in" | "register" }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm<Values>({
    resolver: zodResolver(schemas[kind]),
    defaultValues: { name: "", email: "", password: "" },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ name, email, password }) => {
    setFailure(null);
    try {
      if (kind === "sign-in") {
        await signIn({ email, password });
      } else {
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
        await register({ email, password, name: name.trim(), time_zone: timeZone });
      }
    } catch (error) {
      const problem = toProblem(error);
      let beside = false;
      for (const field of ["name", "email", "password"] as const) {
        const message = problem.field(field);
        if (message === undefined) continue;
        form.setError(field, { message }, { shouldFocus: !beside });
        beside = true;
      }
      if (!beside) setFailure(problemText(problem));
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {kind === "register" ? (
        <Field label={t("auth.name")} hint={t("auth.name.hint")} error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register("name")} autoComplete="name" />}
        </Field>
      ) : null}
      <Field label={t("auth.email")} error={errors.email?.message}>
        {(control) => <Input {...control} {...form.register("email")} type="email" autoComplete="username" />}
      </Field>
      <Field
        label={t("auth.password")}
        error={errors.password?.message}
        hint={kind === "register" ? t("auth.password.hint") : undefined}
      >
        {(control) => (
          <Input
            {...control}
            {...form.register("password")}
            type="password"
            autoComplete={kind === "register" ? "new-password" : "current-password"}
          />
        )}
      </Field>
      {failure === null ? null : (
        <p role="alert" className="text-sm text-danger">
          {failure}
        </p>
      )}
      <Button type="submit" look="primary" busy={isSubmitting} className="mt-1">
        {t(kind === "register" ? "auth.register" : "auth.sign-in")}
      </Button>
    </form>
  );
}
