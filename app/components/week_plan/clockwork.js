// Minutes of a day: what is shown, where it lies, and what a block may become.
export const DAY = 1440;
export const DAYS = [0, 1, 2, 3, 4, 5, 6];
const MORNING = 7 * 60;
const EVENING = 19 * 60;

// A Monday of long ago, only to have the weekdays' names in the reader's language.
export const weekdayIso = (weekday) => `2024-01-0${weekday + 1}`;

export const clock = (minute, locale) => {
  const at = new Date(Date.UTC(2024, 0, 1, 0, minute % DAY));
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" }).format(at);
};

export const span = (block, locale) => `${clock(block.starts, locale)} – ${clock(block.ends, locale)}`;

// The hours that are drawn: working hours, and more when a block lies outside them.
export const hoursOf = (blocks) => {
  const starts = Math.min(MORNING, ...blocks.map((block) => block.starts));
  const ends = Math.max(EVENING, ...blocks.map((block) => block.ends));
  return [Math.floor(starts / 60) * 60, Math.ceil(ends / 60) * 60];
};

const within = (value, least, most) => Math.max(least, Math.min(most, value));

export const moved = (block, { days = 0, minutes = 0 }) => {
  const length = block.ends - block.starts;
  const starts = within(block.starts + minutes, 0, DAY - length);
  return { ...block, weekday: within(block.weekday + days, 0, 6), starts, ends: starts + length };
};

export const resized = (block, { edge, minute, step }) =>
  edge === "starts"
    ? { ...block, starts: within(minute, 0, block.ends - step) }
    : { ...block, ends: within(minute, block.starts + step, DAY) };

export const snapped = (minute, step) => within(Math.round(minute / step) * step, 0, DAY);

// Blocks of one day that overlap stand beside each other; sessions lie upon the hours that they take.
export const laid = (blocks) => {
  const sorted = [...blocks].sort((a, b) => a.starts - b.starts || b.ends - a.ends);
  const ends = { hours: [], session: [] };
  const placed = sorted.map((block) => {
    const lanes = ends[block.service ? "session" : "hours"];
    let lane = lanes.findIndex((end) => end <= block.starts);
    if (lane < 0) lane = lanes.length;
    lanes[lane] = block.ends;
    return { block, lane };
  });
  return placed.map((one) => ({ ...one, lanes: ends[one.block.service ? "session" : "hours"].length }));
};
