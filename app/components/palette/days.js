// Days as people type them: "tomorrow", "friday", "24.12." or "12/24", in the reader's language and order.

import { plain } from "./match.js";

const iso = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
const plus = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

// Today on the location's clocks, as a local date of this browser.
export function todayIn(zone) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone || undefined, year: "numeric", month: "2-digit", day: "2-digit" });
  const [year, month, day] = parts.format(new Date()).split("-").map(Number);
  return new Date(year, month - 1, day);
}

const isMonthFirst = (locale) => {
  const parts = new Intl.DateTimeFormat(locale, { month: "numeric", day: "numeric" }).formatToParts(new Date(2026, 10, 22));
  return parts.find((part) => part.type === "month" || part.type === "day")?.type === "month";
};

const numbered = (text, today, locale) => {
  const found = text.match(/^(\d{1,4})[-./ ](\d{1,2})(?:[-./ ](\d{1,4}))?[.]?$/);
  if (!found) return null;
  const [first, second, third] = found.slice(1).map((part) => (part === undefined ? null : Number(part)));
  const isYearFirst = found[1].length === 4;
  if (isYearFirst && third === null) return null;
  const [month, day] = isYearFirst ? [second, third] : isMonthFirst(locale) ? [first, second] : [second, first];
  let year = isYearFirst ? first : third;
  if (year === null) year = today.getFullYear();
  else if (year < 100) year += 2000;
  const date = new Date(year, month - 1, day);
  const isReal = date.getMonth() === month - 1 && date.getDate() === day;
  return isReal ? date : null;
};

// The days that a text may mean, nearest first, each as its ISO date.
export function daysOf(text, { zone, locale, language }) {
  const wanted = plain(text);
  if (!wanted) return [];
  const today = todayIn(zone);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
  const found = [];
  for (const step of [0, 1, -1, 2, 3, 4, 5, 6, 7]) {
    const date = plus(today, step);
    const names = [plain(weekday.format(date))];
    if (Math.abs(step) < 2) names.push(plain(relative.format(step, "day")));
    if (step >= 0 ? names.some((name) => name.startsWith(wanted)) : names.at(-1).startsWith(wanted)) found.push(iso(date));
  }
  const typed = numbered(wanted, today, locale);
  if (typed) found.unshift(iso(typed));
  return [...new Set(found)].slice(0, 3);
}

// The days of the week that begins today.
export const daysAhead = (zone) => [0, 1, 2, 3, 4, 5, 6].map((step) => iso(plus(todayIn(zone), step)));
