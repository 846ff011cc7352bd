// What is done with a stop of the board, however it was asked for: by click, drop, key or menu.
import { mayResize } from "./drag.jsx";
import { actionsFor } from "./menu.jsx";
import { clock, startIso } from "./words.js";

export function handsOn({
  store, board, frame, moving, mayWrite, menu, setMenu, returnTo, hover, speak, locale, tell,
}) {
  const lengthen = (id, steps) => {
    const card = store.cards.get(id);
    if (!mayResize(card)) return;
    const step = Math.min(store.stepAt(card.col, card.start), 15);
    tell.onResize?.(id, card.end - card.start + steps * step);
  };
  const instantOf = (minute) => startIso(board, minute);
  const open = (col, key) => {
    if (key[0] === "#") {
      const block = store.layout(col).blocks.find(([, , at]) => `#${at}` === key);
      if (!block?.[0]) return tell.onAsk?.(board.columns[col][0], instantOf(Number(key.slice(1))));
      return mayWrite && setMenu({ col, key, ...middleOf(key, col) });
    }
    const isStart = key[0] === "+";
    const instant = startIso(board, isStart ? Number(key.slice(1)) : store.cards.get(key).start);
    const isTarget = moving && (isStart || (store.takes(key) && store.kindOf(key) === "session"));
    if (isTarget) {
      speak("dropped", { time: clock(board, isStart ? Number(key.slice(1)) : store.cards.get(key).start, locale) });
      return tell.onTarget?.(board.columns[isStart ? col : store.cards.get(key).col][0], instant);
    }
    if (isStart) tell.onStart?.(board.columns[col][0], instant);
    else tell.onCard?.(key, store.kindOf(key));
    return undefined;
  };
  const middleOf = (key, col) => {
    const stop = frame.current?.querySelector(`[data-col="${col}"] [data-key="${CSS.escape(key)}"]`);
    const box = stop?.getBoundingClientRect();
    return box ? { x: box.left + 24, y: box.top + Math.min(24, box.height / 2) } : { x: 80, y: 80 };
  };
  const blockAt = (col, at) => (
    mayWrite && store.mode !== "rooms" && tell.onStretch?.(board.columns[col][0], instantOf(at), instantOf(at + store.stepAt(col, at))));
  const closeMenu = (isBack) => {
    if (isBack && menu) returnTo(menu.col, menu.key);
    setMenu(null);
  };
  const choose = (action) => {
    const { col, key } = menu;
    // Whatever opens a pane by it takes the keyboard from there.
    closeMenu(true);
    const at = key[0] === "#" || key[0] === "+" ? Number(key.slice(1)) : 0;
    if (action === "open" || action === "book" || action === "paste") return open(col, key);
    if (action === "block") return blockAt(col, at);
    if (action === "unblock") return tell.onUnblock?.(store.layout(col).blocks.find(([, , begin]) => begin === at)[0]);
    if (action === "longer" || action === "shorter") return lengthen(key, action === "longer" ? 1 : -1);
    if (action === "peek") return peekAt(col, key);
    return tell.onKey?.(action, key);
  };
  const peekAt = (col, key) => {
    const stop = frame.current?.querySelector(`[data-col="${col}"] [data-key="${CSS.escape(key)}"]`);
    if (stop && key[0] !== "+" && key[0] !== "#") hover.open(stop);
  };
  const openMenu = (col, key, at) => {
    hover.close();
    if (actionsFor(store, { col, key }, { moving, mayWrite }).length) setMenu({ col, key, ...at });
  };
  return { open, lengthen, choose, closeMenu, blockAt, peekAt, openMenu, middleOf, instantOf };
}
