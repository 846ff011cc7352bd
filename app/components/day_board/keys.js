// Moving the keyboard's place over the board: one stop at a time is in the tab order (roving tabindex).

const nearest = (stops, minute) => {
  let best = null;
  for (const stop of stops) {
    if (minute >= stop.at && minute < stop.till) return stop;
    const gap = Math.min(Math.abs(stop.at - minute), Math.abs(stop.till - minute));
    if (best === null || gap < best.gap) best = { stop, gap };
  }
  return best?.stop ?? null;
};

// The stop that a key leads to, or null when there is nothing there. `order` are the columns shown.
export function nextStop(key, place, { store, order, rtl, past }) {
  const reachable = (col) => store.layout(col).stops
    .filter((stop) => store.reaches(stop) && (stop.key[0] !== "+" || stop.at >= past));
  const here = order.indexOf(place.col);
  const stops = reachable(place.col);
  const index = stops.findIndex((stop) => stop.key === place.key);
  const below = index >= 0 ? stops[index + 1] : stops.find((stop) => stop.at >= place.at);
  const above = index >= 0 ? stops[index - 1] : stops.findLast((stop) => stop.at < place.at);
  if (key === "ArrowDown" && below) return { col: place.col, ...below };
  if (key === "ArrowUp" && above) return { col: place.col, ...above };
  if (key === "Home" && stops.length) return { col: place.col, ...stops[0] };
  if (key === "End" && stops.length) return { col: place.col, ...stops[stops.length - 1] };
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const step = (key === "ArrowRight") === rtl ? -1 : 1;
  const minute = stops[index]?.at ?? place.at ?? 0;
  for (let to = here + step; to >= 0 && to < order.length; to += step) {
    const stop = nearest(reachable(order[to]), minute);
    if (stop) return { col: order[to], ...stop };
  }
  return null;
}

// The same stop, or what now stands nearest to it when it has gone.
export function nearestStop(store, place) {
  const { stops } = store.layout(place.col);
  const stop = stops.find(({ key }) => key === place.key) ?? nearest(stops, place.at);
  return stop ? { col: place.col, ...stop } : null;
}

// Where the keyboard enters: the card or start at the present time, else the first of the first column.
export function firstStop(store, order, past) {
  for (const col of order) {
    const stops = store.layout(col).stops.filter((stop) => stop.key[0] !== "+" || stop.at >= past);
    const stop = stops.find(({ till }) => till > past) ?? stops[0];
    if (stop) return { col, ...stop };
  }
  return null;
}

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], [role=combobox]");

// What a key means for the whole board, wherever the focus is, unless somebody is typing.
export function dayKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return null;
  if (event.key === "t" || event.key === "T") return "today";
  if (event.key === "PageUp") return "previous";
  if (event.key === "PageDown") return "next";
  if (event.target.closest?.(".db, button, a, [role=tab], [role=radio], [role=combobox], [role=grid]")) return null;
  const rtl = document.documentElement.dir === "rtl";
  if (event.key === "ArrowLeft") return rtl ? "next" : "previous";
  if (event.key === "ArrowRight") return rtl ? "previous" : "next";
  return null;
}

const ACTIONS = { a: "arrive", r: "room", m: "move", p: "park", i: "peek", z: "undo", n: "new", b: "block" };

// What a letter asks for, wherever the focus is, unless somebody is typing.
export function actionKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return null;
  return typing(event.target) ? null : ACTIONS[event.key.toLowerCase()] ?? null;
}

// Where "new" begins: the free start under the keyboard, else the next one from there.
export function nextFree(store, order, place, past) {
  const begin = Math.max(0, order.indexOf(place?.col));
  for (const col of [...order.slice(begin), ...order.slice(0, begin)]) {
    const since = Math.max(past, col === place?.col ? place.at : 0);
    const free = store.layout(col).starts.find(({ at }) => at >= since);
    if (free) return { col, at: free.at };
  }
  return null;
}

// What the keys of the clipboard and the menu ask for on the board itself.
export function clipboardKey(event) {
  if (typing(event.target)) return null;
  if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) return "menu";
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return null;
  return { x: "cut", v: "paste" }[event.key.toLowerCase()] ?? null;
}

// Whether Escape leaves what is open, from the pane, the strip or from nowhere; on the board it does so by itself.
// In a field that holds something it empties that first.
export function leavesPane(event) {
  const { target } = event;
  if (event.key !== "Escape" || event.defaultPrevented) return false;
  if (target !== document.body && !target.closest?.(".board-pane, .db-park")) return false;
  return !(target.matches("input[type=search], textarea") && target.value);
}
