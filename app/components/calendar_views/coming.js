// Where the list begins when it shows today: at the first appointment that is still to come.

const CLOCK = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

// An instant on a zone's clocks, written as the cards' own times are.
function wallIn(zone, at) {
  const parts = new Intl.DateTimeFormat("en", { ...CLOCK, timeZone: zone }).formatToParts(at);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

// Bring into view what comes first in the drawn order; what stands before it is a scroll away.
export function beginAtNow(list, { cards, frame, offset }) {
  const now = wallIn(frame.zone, Date.now() + offset);
  if (now.slice(0, 10) < frame.first) return;
  const coming = new Set(cards.filter((card) => card.start >= now).map((card) => card.id));
  const first = [...list.querySelectorAll("[data-id]")].find((one) => coming.has(one.dataset.id));
  first?.scrollIntoView({ block: "start" });
}
