// A month to choose a day from: dots say how full a day is; keys as the ARIA pattern for date grids has them.
import { useEffect, useRef, useState } from "react";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useT } from "$/public/words.js";

const DAY = 86400000;
const date = (iso) => new Date(`${iso}T12:00:00Z`);
const iso = (at) => at.toISOString().slice(0, 10);
const shift = (day, days) => iso(new Date(date(day).getTime() + days * DAY));

// The same day of another month, or that month's last.
function shiftMonth(day, months) {
  const at = date(day);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0, 12)).getUTCDate();
  return iso(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, Math.min(at.getUTCDate(), last), 12)));
}

// The weeks of a month, each of seven days, as the server counts weekdays: 0 is Monday.
function weeksOf(day, weekday) {
  const first = `${day.slice(0, 8)}01`;
  const before = (((date(first).getUTCDay() + 6) % 7) - weekday + 7) % 7;
  const weeks = [];
  for (let start = shift(first, -before); start.slice(0, 7) <= day.slice(0, 7); start = shift(start, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, at) => shift(start, at)));
  }
  return weeks;
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function target(event, day, weekday, rtl) {
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (event.key in STEPS) return shift(day, STEPS[event.key] * (rtl && sideways ? -1 : 1));
  const inWeek = (((date(day).getUTCDay() + 6) % 7) - weekday + 7) % 7;
  if (event.key === "Home") return shift(day, -inWeek);
  if (event.key === "End") return shift(day, 6 - inWeek);
  const way = { PageUp: -1, PageDown: 1 }[event.key];
  return way ? shiftMonth(day, way * (event.shiftKey ? 12 : 1)) : null;
}

const levelOf = ([appointments, taken, places]) => {
  if (!places) return appointments ? "some" : "none";
  const share = taken / places;
  if (share >= 1) return "full";
  return share > 0.6 ? "most" : "some";
};

export function MiniMonth({ day, today, counts, weekday = 0, words, onDay, onMonth }) {
  const t_ = useT();
  const [at, setAt] = useState(day || today);
  const grid = useRef(null);
  const isMoved = useRef(false);
  useEffect(() => setAt(day || today), [day, today]);
  const month = at.slice(0, 7);
  const asked = useRef(month);
  useEffect(() => {
    if (asked.current !== month) onMonth?.(`${month}-01`);
    asked.current = month;
  }, [month, onMonth]);
  useEffect(() => {
    if (isMoved.current) grid.current?.querySelector('[tabindex="0"]')?.focus();
    isMoved.current = false;
  }, [at]);
  if (!at) return null;
  const weeks = weeksOf(at, weekday);
  const label = (one) => {
    const found = counts?.[one];
    const name = t_.date(one, "", "long");
    if (!found) return name;
    const [appointments, taken, places] = found;
    if (places) return `${name}, ${t_(words.taken, { taken, places })}`;
    return appointments ? `${name}, ${t_.n("{n} appointment", "{n} appointments", appointments)}` : name;
  };
  const onKeyDown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const rtl = getComputedStyle(grid.current).direction === "rtl";
    const next = target(event, at, weekday, rtl);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    isMoved.current = true;
    setAt(next);
  };
  const weekdayName = (one, style) => new Intl.DateTimeFormat(t_.locale, { weekday: style, timeZone: "UTC" }).format(date(one));
  return (
    <div className="mini-month">
      <div className="mini-head">
        <button type="button" onClick={() => setAt(shiftMonth(at, -1))} aria-label={t_(words.previous)} title={t_(words.previous)}>
          <ChevronLeft size={16} className="turn" aria-hidden="true" />
        </button>
        <span aria-live="polite" className="mini-title">{t_.date(`${month}-01`, "", "month")}</span>
        <button type="button" onClick={() => setAt(shiftMonth(at, 1))} aria-label={t_(words.next)} title={t_(words.next)}>
          <ChevronRight size={16} className="turn" aria-hidden="true" />
        </button>
      </div>
      <table role="grid" ref={grid} aria-label={t_.date(`${month}-01`, "", "month")} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {weeks[0].map((one) => (
              <th key={one} scope="col" abbr={weekdayName(one, "long")}>{weekdayName(one, "narrow")}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((one) => (
                <td key={one} role="gridcell" aria-selected={one === day}>
                  <button type="button" tabIndex={one === at ? 0 : -1} aria-label={label(one)} onClick={() => onDay?.(one)}
                    aria-current={one === today ? "date" : undefined} data-out={one.slice(0, 7) !== month || undefined}
                    data-chosen={one === day || undefined} data-day={one}>
                    <span className="figures">{date(one).getUTCDate()}</span>
                    <span className={`mini-dot ${counts?.[one] ? levelOf(counts[one]) : ""}`} aria-hidden="true" />
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
