// Where the cards of one column stand and which starts are free: plain interval arithmetic, no drawing.

const NOT_LIVE = new Set(["cancelled", "noshow"]);

const isExpired = (card, now) => card.until && card.until <= now;

// Give each card of a cluster that overlaps a lane of its own.
function lanes(cards) {
  const placed = [];
  let cluster = [];
  let clusterEnd = -Infinity;
  const close = () => {
    const count = Math.max(1, ...cluster.map((item) => item.lane + 1));
    for (const item of cluster) item.lanes = count;
    cluster = [];
  };
  for (const card of cards) {
    if (card.start >= clusterEnd) close();
    const taken = new Set(cluster.filter((item) => item.card.end > card.start).map((item) => item.lane));
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    const item = { card, lane, lanes: 1 };
    cluster.push(item);
    placed.push(item);
    clusterEnd = Math.max(clusterEnd, card.end);
  }
  close();
  return placed;
}

function freeStarts(spans, live) {
  const starts = [];
  for (const [, begin, end, step] of spans) {
    for (let at = begin; at + step <= end; at += step) {
      if (!live.some((card) => card.from < at + step && card.till > at)) starts.push({ at, till: at + step });
    }
  }
  return starts;
}

// The starts that a moved card may go to, each as long as the slots there.
function aimedStarts(spans, aims) {
  const stepAt = (at) => spans.find(([, begin, end]) => at >= begin && at < end)?.[3];
  return aims.filter(stepAt).map((at) => ({ at, till: at + stepAt(at) }));
}

const meets = ({ card: one }) => ({ card: other }) => one.start < other.end && other.start < one.end;

const byStart = (one, other) => one.start - other.start || one.end - other.end;

// Live cards share the column's width; a cancelled one stands aside at the column's end, out of their way.
// `aims` are the starts that the server offers for a card that is moved, or null.
export function layOut(cards, spans, now, aims = null, blocks = []) {
  const shown = cards.filter((card) => !isExpired(card, now)).sort(byStart);
  const live = shown.filter((card) => !NOT_LIVE.has(card.status));
  const full = shown.filter((card) => card.status !== "cancelled");
  const items = lanes(full);
  const away = lanes(shown.filter((card) => card.status === "cancelled"));
  for (const item of items) item.squeezed = Math.max(0, ...away.filter(meets(item)).map(({ lanes: count }) => count));
  for (const item of away) items.push({ ...item, aside: true, slim: item.lanes > 1 || items.some(meets(item)) });
  const free = freeStarts(spans, live);
  const starts = aims ? aimedStarts(spans, aims) : free;
  const stops = [
    ...items.map(({ card }) => ({ key: card.id, at: card.start, till: card.end })),
    ...starts.map((start) => ({ key: `+${start.at}`, at: start.at, till: start.till })),
    ...blocks.map(([, , at, till]) => ({ key: `#${at}`, at, till })),
  ].sort((one, other) => one.at - other.at);
  const worked = spans.reduce((sum, [, begin, end]) => sum + end - begin, 0);
  const unused = free.reduce((sum, start) => sum + start.till - start.at, 0);
  return { items, starts, spans, blocks, stops, count: live.length, worked, free: unused };
}
