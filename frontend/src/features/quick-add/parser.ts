// The parser, which is the server's own: a Wasm module that is fetched when quick add is first used.
import { useEffect, useMemo, useState } from "react";

import { useDateSettings, usePerson } from "@/data/person";
import type { QuickParse, QuickResult } from "@/quick/generated";

let loaded: QuickParse | null = null;

async function load(): Promise<QuickParse> {
  const { loadQuick } = await import("@/quick/generated");
  loaded = await loadQuick();
  return loaded;
}

/** The parser's own, once it is there; `failed` when it could not be fetched (what is typed can be added all the same). */
export function useParser(): { parse: QuickParse | null; failed: boolean } {
  const [parse, set] = useState<QuickParse | null>(() => loaded);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (parse !== null) return;
    let here = true;
    load().then(
      (parser) => here && set(() => parser),
      () => here && setFailed(true),
    );
    return () => {
      here = false;
    };
  }, [parse]);
  return { parse, failed };
}

/** What a text says, or null while the parser is not there. */
export function useQuickResult(
  text: string,
  literal: readonly string[],
): { result: QuickResult | null; failed: boolean } {
  const person = usePerson();
  const { now } = useDateSettings();
  const { parse, failed } = useParser();
  const result = useMemo(() => {
    if (parse === null || person === null || text.trim() === "") return null;
    return parse(text, {
      now: now.toISOString(),
      time_zone: person.time_zone,
      literal: [...literal],
      week_start: person.week_start,
      // The server reads by the profile's language; without one, both read every language.
      language: person.language,
    });
  }, [parse, person, now, text, literal]);
  return { result, failed };
}
