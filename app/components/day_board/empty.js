// Which time of which column lies under the pointer where there is nothing to choose: it can be asked about.

const STEP = 15;
// A press that moved farther than this was no click.
const STILL = 4;

// The column and the quarter of an hour under the pointer, or null; `pressed` is where the pointer went down.
export function emptyAt(event, pressed, { from, to, scale }) {
  const column = event.target.closest("[data-col]");
  if (!column || event.target.closest("[data-key], button, a, .db-menu")) return null;
  if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > STILL) return null;
  const minute = from + (event.clientY - column.getBoundingClientRect().top) / scale;
  if (minute < from || minute >= to) return null;
  return { col: Number(column.dataset.col), minute: Math.floor(minute / STEP) * STEP };
}
