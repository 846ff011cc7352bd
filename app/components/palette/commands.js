// What the palette offers for what is typed, best first. What stands there at once never moves for what the server
// finds later, so that Enter means what was read: people come below the names that fit, above those that hardly do.
// People who were found for the beginning of the text keep their place until its own answer comes, but are `isStale`
// and cannot be chosen; names that hardly fit are `isBelow` until then: people may still come above them.
import { daysAhead, daysOf } from "./days.js";
import { rank } from "./match.js";
import { press } from "./perform.js";

const HARDLY = 2;
const languageName = (language, code) => new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;

// Where a day is shown: on this page when it names its own day, else on the board.
const dayItem = (t_, day) => {
  const isHere = document.querySelector("[data-here][data-day]");
  const page = isHere ? window.location.pathname : "/board";
  return { id: day, kind: "day", group: t_("Days"), title: t_.date(day, "", "long"), to: `${page}?day=${day}` };
};

const personItem = (t_, one) => ({
  id: one.id,
  to: one.to,
  kind: one.kind,
  group: one.kind === "patient" ? t_("Patients") : t_("Practitioners"),
  title: one.kind === "patient" ? one.title : t_("Days of {name}", { name: one.title }),
  detail: one.detail || t_.date(one.date, "", "short"),
});

// What is asked for next, in the same field.
const questions = (t_, permissions) => [
  permissions.includes("board:read") && { id: "day", group: t_("Pages"), title: t_("Go to a day"), ask: "day" },
  permissions.includes("slots:read") && {
    id: "person", group: t_("Pages"), title: t_("Days of a practitioner"), ask: "practitioner",
  },
];

const ofComputer = (t_, { languages, pin }) => {
  const group = t_("This computer");
  const click = (name) => () => document.querySelector(`[data-command~="${name}"]`)?.click();
  const lock = () => window.holdfast.lock?.();
  return [
    { id: "keys", title: t_("Show what the keys do"), keys: "?", run: () => press("?") },
    { id: "lock", title: t_("Lock this computer"), keys: "Shift L", run: lock },
    { id: "handover", title: t_("Somebody else takes over"), run: lock },
    { id: "pin", title: t_("Set my PIN"), run: pin },
    { id: "offline", title: t_("Offline sheet"), run: () => window.open("/offline") },
    { id: "mode", title: t_("Switch between light and dark"), run: click("mode") },
    ...Object.entries(languages).map(([code, own]) => ({
      id: `language ${code}`, title: t_("Language: {name}", { name: own }), also: languageName(t_.language, code),
      run: () => window.holdfast.setLanguage(code),
    })),
    { id: "sign-out", title: t_("Sign out"), run: click("sign-out") },
  ].map((one) => ({ group, ...one }));
};

// Where something is begun, and where its key works.
const placeOf = (one, commands) => commands.find(({ id }) => id === one.to && id !== one.id)?.title;

// Everything that this user may do, whatever is typed.
export const commandsOf = (t_, { commands, actions, permissions, isDemonstration, ...computer }) => [
  ...actions.map((one) => ({
    id: `do ${one.key}`, group: t_("On this page"), title: t_(one.title), keys: one.key, run: () => press(one.key),
  })),
  ...commands
    .filter((one) => one.permissions.some((name) => permissions.includes(name)) && (isDemonstration || !one.trial))
    .map((one) => {
      const place = placeOf(one, commands);
      const words = { group: t_(one.group), title: t_(one.title), also: one.also && t_(one.also), detail: place && t_(place) };
      return { ...one, ...words, english: one.title, keys: one.key };
    }),
  ...questions(t_, permissions).filter(Boolean),
  ...ofComputer(t_, computer),
];

// A name fits by what it is called, also in English, which colleagues and handbooks use.
const fitOf = (one, asked) => {
  const fits = [one.title, one.also, one.english].filter(Boolean).map((name) => rank(name, asked));
  return Math.min(...fits.map((fit) => fit ?? Infinity));
};

// Whether what was found answers the text, or the beginning of it; any other answer is not shown.
export const isAbout = (asked, found) => found.asked !== "" && asked.startsWith(found.asked);

// Each group once, where its first line stands.
const grouped = (items) => {
  const groups = [...new Set(items.map((one) => one.group))];
  return groups.flatMap((group) => items.filter((one) => one.group === group));
};

const suggested = (t_, { all, recent, people, zone, part }) => {
  if (part === "day") return daysAhead(zone).map((day) => dayItem(t_, day));
  if (part) return [];
  const last = [...people, ...recent.map((id) => all.find((one) => one.id === id)).filter(Boolean)];
  const isLast = new Set(last.map((one) => one.id));
  return grouped([...last.map((one) => ({ ...one, group: t_("Used last") })), ...all.filter((one) => !isLast.has(one.id))]);
};

export function itemsOf(t_, { text, part, all, found, recent, people, zone }) {
  const asked = text.trim();
  if (!asked) return suggested(t_, { all, recent, people, zone, part });
  const days = daysOf(asked, { zone, locale: t_.locale, language: t_.language }).map((day) => dayItem(t_, day));
  const isAwaited = found.asked !== asked;
  const answer = isAbout(asked, found) ? found.items : [];
  const answered = answer.map((one) => ({ ...personItem(t_, one), isStale: isAwaited }));
  if (part) return [...days, ...answered].filter((one) => one.kind === part);
  const used = (one) => (recent.includes(one.id) ? recent.indexOf(one.id) : recent.length);
  const fitting = all.map((one) => ({ one, fit: fitOf(one, asked) })).filter(({ fit }) => fit < Infinity)
    .sort((a, b) => a.fit - b.fit || used(a.one) - used(b.one));
  const well = fitting.filter(({ fit }) => fit < HARDLY).map(({ one }) => one);
  const hardly = fitting.filter(({ fit }) => fit === HARDLY).map(({ one }) => ({ ...one, isBelow: isAwaited }));
  return grouped([...days, ...well, ...answered, ...hardly]);
}
