// The reader's words, dates and numbers, looked up in the browser: pages are compiled once, so a
// language is a catalogue fetched here, never state on the server. See app/components/words.py.
import { useSyncExternalStore } from "react";

const DIRECTIONS = { en: "ltr", es: "ltr", de: "ltr", fr: "ltr", ar: "rtl" };
const KEY = "holdfast.language";
// gettext numbers plural forms; CLDR names them. Every language but Arabic has two here.
const ARABIC_FORMS = ["zero", "one", "two", "few", "many", "other"];
const browser = typeof window !== "undefined";
const catalogues = { en: {} };
const listeners = new Set();
const formatters = new Map();

const wished = () => {
  let saved = null;
  try {
    saved = window.localStorage.getItem(KEY);
  } catch {
    // A browser that refuses storage reads in its own language.
  }
  const wishes = [saved, ...(navigator.languages ?? [navigator.language])];
  return wishes.map((wish) => wish?.slice(0, 2)).find((wish) => wish in DIRECTIONS) ?? "en";
};

// "en" alone would write American dates for everybody: keep the region the browser asks for.
const localeOf = (language) => {
  if (!browser) return language;
  return navigator.languages?.find((wish) => wish.slice(0, 2) === language) ?? language;
};

const formatter = (Kind, locale, options) => {
  const key = Kind.name + locale + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Kind(locale, options));
  return formatters.get(key);
};

const fill = (text, values, reader) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values?.[name];
    if (value === undefined || value === null) return "";
    const shown = typeof value === "number" ? reader.number(value) : String(value);
    // Isolated, so that a Latin name does not turn the words of a right-to-left line around.
    return reader.dir === "rtl" ? `\u2068${shown}\u2069` : shown;
  });

const DATES = {
  day: { weekday: "short", day: "numeric", month: "short" },
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  bar: { weekday: "short", day: "numeric", month: "long", year: "numeric" },
  short: { day: "2-digit", month: "2-digit", year: "numeric" },
  weekday: { weekday: "long" },
  monthday: { day: "numeric", month: "short" },
  month: { month: "long", year: "numeric" },
};

const moment = (value) => {
  const isDay = typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
  return { at: new Date(isDay ? `${value}T12:00:00Z` : value), isDay };
};

const makeReader = (language) => {
  const words = catalogues[language] ?? {};
  const locale = localeOf(language);
  const plural = (count) => {
    const name = formatter(Intl.PluralRules, language, {}).select(count);
    return language === "ar" ? ARABIC_FORMS.indexOf(name) : Number(name !== "one");
  };
  const dated = (value, zone, options) => {
    if (!value) return "";
    const { at, isDay } = moment(value);
    if (Number.isNaN(at.getTime())) return "";
    const timeZone = isDay ? "UTC" : zone || undefined;
    return formatter(Intl.DateTimeFormat, locale, { ...options, timeZone }).format(at);
  };
  // A message that counts comes as its two English forms (`NN_` in app/words.py).
  const reader = (text, values) =>
    Array.isArray(text) ? reader.n(...text, values?.n, values) : fill(words[text] || text, values, reader);
  reader.language = language;
  reader.locale = locale;
  reader.dir = DIRECTIONS[language];
  reader.n = (one, many, count, values) => {
    const forms = words[one];
    const english = count === 1 ? one : many;
    const text = Array.isArray(forms) ? forms[plural(count)] || english : english;
    return fill(text, { n: count, ...values }, reader);
  };
  reader.number = (value) => formatter(Intl.NumberFormat, locale, {}).format(value);
  reader.percent = (value) =>
    formatter(Intl.NumberFormat, locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
  reader.money = (minor, currency) => {
    const options = { style: "currency", currency: currency || "EUR" };
    const form = formatter(Intl.NumberFormat, locale, options);
    const digits = form.resolvedOptions().maximumFractionDigits;
    return form.format(minor / 10 ** digits);
  };
  reader.list = (values) => formatter(Intl.ListFormat, locale, {}).format(values);
  reader.time = (value, zone) => dated(value, zone, { timeStyle: "short" });
  reader.date = (value, zone, style) => dated(value, zone, DATES[style] ?? DATES.day);
  reader.country = (code) => formatter(Intl.DisplayNames, locale, { type: "region" }).of(code) ?? code;
  reader.zone = (value, zone) => {
    if (!value) return "";
    const form = formatter(Intl.DateTimeFormat, locale, { timeZone: zone || undefined, timeZoneName: "short" });
    return form.formatToParts(moment(value).at).find((part) => part.type === "timeZoneName")?.value ?? "";
  };
  return reader;
};

const serverReader = makeReader("en");
let reader = serverReader;

// Shown once the catalogue is there and the page was drawn with it: no English flashes up before.
let isLoaded = false;
let isDrawn = false;
const reveal = () => {
  if (isLoaded && isDrawn) requestAnimationFrame(() => document.documentElement.removeAttribute("data-words"));
};

const show = (language) => {
  reader = makeReader(language);
  document.documentElement.lang = language;
  document.documentElement.dir = DIRECTIONS[language];
  isLoaded = true;
  listeners.forEach((listener) => listener());
  reveal();
};

const load = async (language) => {
  if (!catalogues[language]) {
    const early = window.holdfast.early;
    if (early?.language === language) {
      delete window.holdfast.early;
      catalogues[language] = await early.words;
      return;
    }
    const answer = await fetch(`/words/${language}.json`, { cache: "no-cache" });
    catalogues[language] = await answer.json();
  }
};

export const setLanguage = async (language, keep = true) => {
  if (!(language in DIRECTIONS)) return;
  if (keep) {
    try {
      window.localStorage.setItem(KEY, language);
    } catch {
      // Not kept: the choice then holds for this page only.
    }
  }
  try {
    await load(language);
    show(language);
  } catch {
    // The catalogue did not come: English, which every page carries, is better than nothing.
    show("en");
  }
};

const subscribe = (listener) => {
  listeners.add(listener);
  if (!isDrawn) {
    isDrawn = true;
    reveal();
  }
  return () => listeners.delete(listener);
};

// The reader's words as a function: t_("Hello {name}", {name}); renders again when the language changes.
export const useT = () => useSyncExternalStore(subscribe, () => reader, () => serverReader);

// Outside a component (the day board's own code, toasts): the words as they stand now.
export const currentT = () => reader;

const sayings = { error: "error", success: "success", info: "info", warning: "warning" };

// A value of a notice: a text or number as it is, an instant as the reader writes it, and lists of them.
const valueOf = (value) => {
  if (Array.isArray(value)) return reader.list(value.map(valueOf));
  if (typeof value !== "object" || !value?.at) return value;
  const time = reader.time(value.at, value.zone);
  return value.day ? `${reader.date(value.at, value.zone)}, ${time}` : time;
};

// What undo is on the page that is shown, and the notices that offer it: they go with the page.
let takeBack = null;
const offers = new Map();
// How often a notice of each name was pressed: it is on its way out then, and would take the next of its name along.
const rounds = new Map();
const undoWith = (undo) => {
  takeBack = undo;
  return () => {
    if (takeBack !== undo) return;
    takeBack = null;
    offers.forEach((toast, id) => toast.dismiss(id));
    offers.clear();
  };
};

if (browser) {
  window.holdfast = {
    ...window.holdfast,
    setLanguage,
    t: currentT,
    // A server's notice: its msgid and values travel, the words are chosen here (`say` in app/state/base.py).
    // `undo` is the word of a button that takes back what the notice tells of, as the page does (`undoWith`).
    say: (toast, level, text, given, { id: name, undo, description, ...options } = {}) => {
      const values = Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name, valueOf(value)]));
      const press = () => {
        rounds.set(name, (rounds.get(name) ?? 0) + 1);
        takeBack?.();
      };
      const id = toast?.[sayings[level] ?? "info"](reader(text, values), {
        ...options,
        id: name && `${name}.${rounds.get(name) ?? 0}`,
        // Named also when there is none: a notice that takes the place of another one would keep its button.
        action: undo ? { label: reader(undo), onClick: press } : undefined,
        duration: undo ? 10000 : undefined,
        description: description ? reader(description, values) : undefined,
      });
      if (undo) offers.set(id, toast);
      return id;
    },
    undoWith,
    forgetLanguage: () => {
      window.localStorage.removeItem(KEY);
      setLanguage(wished(), false);
    },
  };
  setLanguage(wished(), false);
}
