// Cards and counts as the calendar library takes them, and what stands on each.

const element = (tag, className, ...children) => {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children.filter((child) => child !== "" && child !== null));
  return made;
};

// The library makes an article of each event; a button inside it is one for every reader.
function pressable(className, ...children) {
  const button = element("button", className, ...children);
  button.type = "button";
  return button;
}

const FULL = [0, 0.01, 0.5, 0.85, 1];

// How full a day is, in steps of a palette: 0 is nobody yet, 4 is full.
export const levelOf = ([appointments, taken, places]) => {
  if (!places) return appointments ? 1 : 0;
  const share = taken / places;
  return share >= 1 ? 4 : FULL.findLastIndex((least) => share >= least);
};

// A card of a quarter of an hour has one line.
const SHORT = 20;
const minutes = ({ start, end }) => (Date.parse(`${end}:00Z`) - Date.parse(`${start}:00Z`)) / 60000;

export function cardEvent(card, { mayMove }) {
  const canMove = mayMove && card.kind === "visit" && card.status === "booked";
  return {
    id: card.id,
    start: card.start,
    end: card.end,
    title: card.title || card.service,
    startEditable: canMove,
    durationEditable: false,
    classNames: ["cv-card", `cv-${card.status}`, minutes(card) <= SHORT ? "cv-short" : "cv-long"],
    extendedProps: { card },
  };
}

export function countEvent(day, counts) {
  const [appointments, taken, places] = counts;
  return {
    id: day,
    start: `${day}T00:00`,
    end: `${day}T23:59`,
    allDay: true,
    startEditable: false,
    title: String(appointments),
    classNames: ["cv-count", `cv-level-${levelOf(counts)}`],
    extendedProps: { day, appointments, taken, places },
  };
}

export const targetEvent = (start, at) => ({
  id: `target-${at}`,
  start,
  end: new Date(Date.parse(`${start}:00Z`) + 15 * 60000).toISOString().slice(0, 16),
  display: "background",
  classNames: ["cv-target"],
});

// What a count says: "12 of 30 booked" where places are known, else how many appointments.
export function countWords({ appointments, taken, places }, { t_, words }) {
  if (places) return t_(words.taken, { taken, places });
  return appointments ? t_.n("{n} appointment", "{n} appointments", appointments) : t_(words.closed);
}

export function cardContent({ event, timeText, view }, { t_, words, icons, everywhere }) {
  const { card, day, ...counts } = event.extendedProps;
  if (day) return { domNodes: [countFace(counts, { t_, words })] };
  if (!card) return undefined;
  const isList = view.type === "listWeek";
  const status = card.kind === "session"
    ? t_(words.seats, { taken: card.taken, places: card.places })
    : t_(words[card.status]);
  const about = [card.service, card.extra ? t_(words.extra) : ""].filter(Boolean).join(", ");
  const state = element("span", "cv-state", icons(card.status), element("span", "cv-word", status));
  const name = element("span", "cv-name", element("bdi", "", card.title || card.service));
  const where = everywhere ? element("span", "cv-place", card.place) : null;
  const face = pressable(isList ? "cv-row" : "cv-face", element("span", "cv-time figures", timeText), name,
    card.title ? element("span", "cv-what", about) : null, element("span", "cv-with", card.practitioner), where, state);
  // The keys of pages of rows go from one to the next (app/components/queue/queue_keys.jsx).
  if (card.kind === "visit") face.dataset.row = card.id;
  face.dataset.id = card.id;
  face.title = [timeText, card.title, about, card.practitioner, status].filter(Boolean).join(", ");
  face.style.setProperty("--cv-stripe", `var(--service-${card.stripe})`);
  return { domNodes: [face] };
}

function countFace(counts, { t_, words }) {
  const bar = element("span", "cv-bar", element("span", ""));
  bar.firstChild.style.inlineSize = `${counts.places ? Math.min(100, (100 * counts.taken) / counts.places) : 0}%`;
  const more = counts.places && counts.appointments
    ? element("span", "cv-more", t_.n("{n} appointment", "{n} appointments", counts.appointments)) : null;
  return pressable("cv-day", element("span", "cv-taken figures", countWords(counts, { t_, words })), more,
    counts.places ? bar : null);
}
