// Times as the reader's language writes them, in the location's zone.

const formats = new Map();

function format(locale, zone, options) {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale || "en", { timeZone: zone, ...options }));
  return formats.get(key);
}

const at = (board, minute) => new Date(board.start + minute * 60000);

// The locale's own short time, on the axis and on the cards alike: "9:30" or "09:30" is its choice.
const CLOCK = { timeStyle: "short" };

// A range takes a tenth of a millisecond to write, and a full board has hundreds; most of them again and again.
const MOST = 5000;
const written = new Map();

function once(key, write) {
  if (!written.has(key)) {
    if (written.size >= MOST) written.clear();
    written.set(key, write());
  }
  return written.get(key);
}

export const clock = (board, minute, locale) =>
  once(`${locale}|${board.zone}|${board.start}|${minute}`, () => format(locale, board.zone, CLOCK).format(at(board, minute)));

export const span = (board, start, end, locale) =>
  once(`${locale}|${board.zone}|${board.start}|${start}|${end}`, () =>
    format(locale, board.zone, CLOCK).formatRange(at(board, start), at(board, end)));

export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export const startIso = (board, minute) => at(board, minute).toISOString();
