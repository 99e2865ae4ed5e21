import { useDateSettings, usePerson } from "@/data/person";
import { useT } from "@/i18n/i18n";
import { formatDay, weekdayName } from "@/lib/dates";
import { WEEKDAYS } from "@/lib/rule-parts";

import { Choice, Count } from "./fields";
import { nthWeekday, type Pattern, type Rule, UNITS } from "./rule";

type Plain = Extract<Pattern, { kind: "plain" }>;

interface CustomPatternProps {
  pattern: Plain;
  /** From which it counts. */
  day: string;
  monthEnd: Rule["monthEnd"];
  onChange: (pattern: Plain) => void;
  onMonthEnd: (monthEnd: Rule["monthEnd"]) => void;
}

export function CustomPattern({ pattern, day, monthEnd, onChange, onMonthEnd }: CustomPatternProps) {
  const t = useT();
  const dates = useDateSettings();
  const start = usePerson()?.week_start ?? "monday";
  const first = start === "monday" ? 0 : start === "sunday" ? 6 : 5;
  const week = [...WEEKDAYS.slice(first), ...WEEKDAYS.slice(0, first)];
  const name = (weekday: string, width: "long" | "short") =>
    weekdayName(
      WEEKDAYS.findIndex((each) => each === weekday),
      dates.locale,
      width,
    );
  const { nth, last } = nthWeekday(day);
  const ofMonth = [
    { value: "", label: t("repeat.month.day", { day: Number(day.slice(8, 10)) }) },
    {
      value: nth,
      label: t("repeat.month.nth", {
        nth: t(`repeat.nth.${nth[0] as "1" | "2" | "3" | "4"}`),
        weekday: name(nth.slice(1), "long"),
      }),
    },
    ...(last === null
      ? []
      : [{ value: last, label: t("repeat.month.last", { weekday: name(last.slice(2), "long") }) }]),
  ];
  const own = pattern.days.join();
  if (pattern.unit === "monthly" && !ofMonth.some((each) => each.value === own))
    ofMonth.push({ value: own, label: own });
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-2 gap-4">
        <Count
          label={t("repeat.every")}
          value={pattern.interval}
          onChange={(interval) => onChange({ ...pattern, interval })}
        />
        <Choice
          label={t("repeat.unit")}
          value={pattern.unit}
          options={UNITS.map((unit) => ({ value: unit, label: t(`repeat.unit.${unit}`, { count: pattern.interval }) }))}
          onChange={(unit) => onChange({ ...pattern, unit, days: [] })}
        />
      </div>
      {pattern.unit === "weekly" ? (
        <fieldset>
          <legend className="pb-1 text-sm font-medium">{t("repeat.on")}</legend>
          <div className="flex flex-wrap gap-1">
            {week.map((weekday) => {
              const on = pattern.days.includes(weekday);
              const days = WEEKDAYS.filter((each) => (each === weekday ? !on : pattern.days.includes(each)));
              return (
                <button
                  key={weekday}
                  type="button"
                  aria-pressed={on}
                  aria-label={name(weekday, "long")}
                  onClick={() => onChange({ ...pattern, days })}
                  className="touch min-w-11 rounded-lg border border-edge px-2 text-sm hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent aria-pressed:text-on-accent"
                >
                  {name(weekday, "short")}
                </button>
              );
            })}
          </div>
          {pattern.days.length > 0 ? null : (
            <p className="pt-1 text-sm text-muted">{t("repeat.on.none", { weekday: formatDay(day, dates) })}</p>
          )}
        </fieldset>
      ) : null}
      {pattern.unit === "monthly" ? (
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <Choice
            label={t("repeat.on")}
            value={own}
            options={ofMonth}
            onChange={(value) => onChange({ ...pattern, days: value === "" ? [] : value.split(",") })}
          />
          {own === "" && Number(day.slice(8, 10)) > 28 ? (
            <Choice
              label={t("repeat.month-end")}
              value={monthEnd}
              options={[
                { value: "clamp", label: t("repeat.month-end.clamp") },
                { value: "skip", label: t("repeat.month-end.skip") },
              ]}
              onChange={onMonthEnd}
            />
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
