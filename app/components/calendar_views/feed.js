// The days of a span as the server sends them: all of them once, then each day that changed, whole.

// Positions in a card's row (app/services/board/span.py writes the same order).
const CARD = ["id", "kind", "start", "end", "status", "title", "practitioner", "service", "stripe", "place", "extra",
  "taken", "places"];

export const toCard = (row) => Object.fromEntries(CARD.map((name, at) => [name, row[at]]));

export const EMPTY = { span: null, seq: 0, kind: "cards", frame: null, days: {}, offset: 0 };

// The span after a message; "gap" when messages in between never came.
export function applied(old, message) {
  if (message.frame) {
    if (message.span === old.span && message.seq <= old.seq) return old;
    const { span, seq, kind, frame, days, now } = message;
    return { span, seq, kind, frame, days, offset: now - Date.now() };
  }
  if (message.span !== old.span || message.base > old.seq) return old.span === null ? old : "gap";
  if (message.seq <= old.seq) return old;
  return { ...old, seq: message.seq, days: { ...old.days, ...message.days } };
}

export const cardsOf = (span) =>
  span.kind === "cards" ? Object.keys(span.days).sort().flatMap((day) => span.days[day].map(toCard)) : [];

// The ids that a message brings or takes away, to know whether the chosen one is among them.
export function touches(before, after, id) {
  const find = (span) => JSON.stringify(cardsOf(span).find((card) => card.id === id));
  return Boolean(id) && find(before) !== find(after);
}
