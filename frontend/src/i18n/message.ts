// The form of the catalogues: a message is a text with `{holes}`, or such a text for each plural form of `{count}`.
export type Message = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Message>>;

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type HolesOf<M> = M extends string
  ? Holes<M>
  : M extends { other: infer Text extends string }
    ? Holes<Text> | "count"
    : never;

/** What a message needs to be filled in. */
export type Params<M> = { [Hole in HolesOf<M>]: Hole extends "count" ? number : string | number };

/** The same keys in another language; plural stays plural. */
export type TranslationOf<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends string ? string : { one: string; other: string };
};

export function fill(message: Message, locale: string, params: Record<string, string | number>): string {
  const text =
    typeof message === "string"
      ? message
      : new Intl.PluralRules(locale).select(Number(params["count"])) === "one"
        ? message.one
        : message.other;
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = params[name];
    if (value === undefined) return hole;
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  });
}
