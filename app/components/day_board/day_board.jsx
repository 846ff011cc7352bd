// The day board: practitioner columns, time down the side, only what is in sight is drawn.
// The day comes once as a message, then changes by id (store.js); the server's state holds neither.
import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useT } from "$/public/words.js";
import { useAim, useDrop } from "./aim.js";
import { HoldCountdown } from "./clocks.jsx";
import { Column, ColumnHead } from "./column.jsx";
import { useDrag } from "./drag.jsx";
import { emptyAt } from "./empty.js";
import { Empty, Gutter, useMinute, Waiting } from "./frame.jsx";
import { handsOn } from "./hands.js";
import { HoverCard, usePeek } from "./hover.jsx";
import { firstStop, nearestStop, nextFree, nextStop } from "./keys.js";
import { actionsFor, Menu } from "./menu.jsx";
import { Park } from "./park.jsx";
import { useSpoken } from "./spoken.js";
import { BoardStore, useStore } from "./store.js";
import { EXTRAS } from "./style_extras.js";
import { STYLE } from "./style.js";
import { DayTable } from "./table.jsx";
import { GUTTER, showCard, useHour, useView } from "./view.js";
import { useWindowKeys } from "./window_keys.js";
import { clock } from "./words.js";

export { HoldCountdown };

// The header, and the margins above and below the hours.
const AROUND = 90;
const PATIENCE = 8000;

// Put one stop into the tab order and take the one before it out: they are drawn outside of it.
function only(tabStop, stop) {
  if (tabStop.current && tabStop.current !== stop) tabStop.current.tabIndex = -1;
  stop.tabIndex = 0;
  tabStop.current = stop;
}

export function DayBoard({
  feed, words: given, label, scale: zoom = 2, hidden, selected, picked, moving = "", targets, onCard, onStart, onTarget,
  onAim, onKey, onUndo, onDay, onLost, onChanged, onLeave, mode = "people", isTable, mayWrite, parked, peek, why,
  onResize, onStretch, onUnblock, onRoom, onPeek, onWhy, onUnpark, onAsk, onColumn, onEverybody,
}) {
  const t_ = useT();
  const [store] = useState(() => new BoardStore());
  // The page makes this object anew each time it is drawn; the columns must not be drawn again for that.
  const [words] = useState(given);
  const board = useStore(store, store.day);
  useStore(store, store.version);
  const frame = useRef(null);
  const place = useRef(null);
  const tabStop = useRef(null);
  const inside = useRef(false);
  const [reach, setReach] = useState(null);
  const minute = useMinute(store);
  const [menu, setMenu] = useState(null);
  const [band, setBand] = useState(null);
  const [size, setSize] = useState(null);
  const [isDragging, setDragging] = useState(false);
  const [whyAt, setWhyAt] = useState("");
  const hover = usePeek({ ask: (id) => handlers.current.onPeek?.(id) });
  // To dim every card costs more than anything else of a move, so it lets the moved card go first.
  const isDimmed = useDeferredValue(moving !== "");
  const { spoken, speak } = useSpoken(store, { moving, words, t_ });
  const handlers = useRef({});
  useLayoutEffect(() => {
    handlers.current = {
      onCard, onStart, onTarget, onAim, onKey, onUndo, onDay, onLost, onChanged, onLeave, selected, onPeek, onWhy,
    };
  });

  useEffect(() => {
    if (!feed || !Object.keys(feed).length) return;
    const done = store.apply(feed);
    if (done === "gap") handlers.current.onLost?.();
    if (done === "applied") window.dispatchEvent(new Event("holdfast:change"));
    const chosen = handlers.current.selected;
    const news = done === "applied" ? feed.changes[feed.changes.length - 1] : null;
    if (chosen && news && (news.gone?.includes(chosen) || news.cards?.some((row) => row[0] === chosen))) {
      handlers.current.onChanged?.(chosen);
    }
  }, [feed, store]);
  useEffect(() => store.close, [store]);
  // Nothing came: the first try was refused or its answer got lost, so ask again now and then.
  useEffect(() => {
    if (board) return undefined;
    const timer = setInterval(() => handlers.current.onLost?.(), PATIENCE);
    return () => clearInterval(timer);
  }, [board]);

  const isAimed = useAim(store, { moving, targets, ask: (day) => handlers.current.onAim?.(day) });

  useLayoutEffect(() => store.show(mode), [store, mode]);
  const shownMode = store.mode;
  const order = useMemo(() => {
    const away = new Set(shownMode === "rooms" ? [] : hidden ?? []);
    return store.columns().map((_, col) => col).filter((col) => !away.has(store.columns()[col][0]));
  }, [board, hidden, store, shownMode]);
  const view = useView(frame, order.length);
  // On a tall window the day fills it, instead of ending half-way.
  const scale = board ? Math.max(zoom, (view.height - AROUND) / (board.to - board.from)) : zoom;
  const isToday = board && minute >= 0 && minute < board.length;
  const past = !board ? 0 : minute >= board.length ? Infinity : Math.floor(minute / 5) * 5;

  const key = board?.id;
  const onScroll = useHour(frame, store, { board, isDrawn: order.length > 0, scale, measure: view.measure });
  useLayoutEffect(() => { place.current = null; }, [key, store]);

  // Exactly one stop is in the tab order, also after columns came and went; a focused card that another
  // desk took away hands the focus to what now stands there.
  useLayoutEffect(() => {
    const box = frame.current;
    if (!box || !board) return;
    place.current = place.current ? nearestStop(store, place.current) : firstStop(store, order, isToday ? past : 0);
    const wanted = place.current;
    const stop = (wanted && box.querySelector(`[data-col="${wanted.col}"] [data-key="${CSS.escape(wanted.key)}"]`))
      ?? box.querySelector("[data-key]:not(:disabled)");
    if (!stop) return;
    only(tabStop, stop);
    const lost = inside.current && (document.activeElement === document.body || !document.activeElement);
    if (!reach && !lost) return;
    if (reach) stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    stop.focus({ preventScroll: true });
    setReach(null);
  });

  // What is chosen stays in sight when the pane opens and takes some of the room; nothing shifts under a dragged card.
  const chosen = selected || picked?.join() || "";
  useLayoutEffect(() => {
    const box = frame.current;
    if (isDragging || !box) return;
    const shown = box.querySelector("[aria-current]");
    if (shown) shown.scrollIntoView({ block: "nearest", inline: "nearest" });
    else showCard(box, store, { card: store.cards.get(selected), order, column: view.column, scale });
  }, [chosen, view.height, view.width, key]);

  const stopAt = (col, key) => store.layout(col).stops.map((one) => ({ ...one, col })).find((one) => one.key === key);
  // To where a menu was opened, which a long press of a finger does without the focus.
  const returnTo = (col, key) => {
    if (isTable) return;
    place.current = stopAt(col, key) ?? place.current;
    setReach(`${col}${key}`);
  };
  const onFocus = (event) => {
    const stop = event.target.closest("[data-key]");
    if (!stop) return;
    const col = Number(stop.closest("[data-col]").dataset.col);
    only(tabStop, stop);
    inside.current = true;
    place.current = stopAt(col, stop.dataset.key);
  };
  const onBlur = (event) => {
    if (event.relatedTarget && !frame.current.contains(event.relatedTarget)) inside.current = false;
  };
  const onKeyDown = (event) => {
    if (event.key === "Escape") onLeave?.();
    if (event.altKey && event.shiftKey && /^Arrow(Up|Down)$/.test(event.key) && place.current) {
      event.preventDefault();
      return lengthen(place.current.key, event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.altKey || event.ctrlKey || event.metaKey || !place.current) return;
    const rtl = getComputedStyle(frame.current).direction === "rtl";
    const next = nextStop(event.key, place.current, { store, order, rtl, past });
    if (/^(Arrow|Home|End)/.test(event.key)) event.preventDefault();
    if (!next) return;
    place.current = next;
    hover.close();
    if (moving) speak("over", { time: clock(board, next.at, t_.locale), name: store.columns()[next.col][1] });
    setReach(`${next.col}${next.key}`);
  };
  const { open, lengthen, choose, closeMenu, blockAt, peekAt, openMenu, middleOf, instantOf } = handsOn({
    store, board, frame, moving, mayWrite, menu, setMenu, returnTo, hover, speak, locale: t_.locale,
    tell: { onAsk, onTarget, onStart, onCard, onKey, onStretch, onUnblock, onResize },
  });
  const drop = useDrop(store, { moving, isAimed, land: open });
  const drag = useDrag(store, {
    locale: t_.locale,
    why: moving && whyAt ? why?.at === whyAt && why.reasons.map((one) => t_(one.sentence, one.values)).join(" ") : "",
    begin: (id) => {
      hover.close();
      setDragging(true);
      if (store.mode !== "rooms") handlers.current.onKey?.("move", id);
    },
    take: (id) => handlers.current.onKey?.("take", id),
    drop,
    park: (id) => onKey?.("park", id),
    room: (id, col) => {
      const [room] = store.columns()[col];
      if (room && store.columnOf(id) !== col) onRoom?.(id, room);
    },
    // Not before the end: the strip that comes and goes would shift the places under the pointer.
    rest: () => setDragging(false),
    over: (where) => (
      setWhyAt(where ? `${board.columns[where.col][0]}/${instantOf(store.slotAt(where.col, where.minute))}` : "")),
    resize: (id, minutes) => onResize?.(id, minutes),
    size: setSize,
    stretch: setBand,
    choose: (found) => mayWrite && onStretch?.(board.columns[found.col][0], instantOf(found.from), instantOf(found.to)),
  });
  // What is wrong where the pointer rests with a card is asked of the server, which knows every rule.
  useEffect(() => {
    if (!moving || !whyAt) return undefined;
    const [practitioner, instant] = whyAt.split("/");
    const timer = setTimeout(() => handlers.current.onWhy?.(practitioner, instant), 180);
    return () => clearTimeout(timer);
  }, [moving, whyAt]);
  const onContextMenu = (event) => {
    const stop = event.target.closest("[data-key]");
    if (!stop) return;
    event.preventDefault();
    if (drag.isBusy()) return;
    openMenu(Number(stop.closest("[data-col]").dataset.col), stop.dataset.key, { x: event.clientX, y: event.clientY });
  };
  const onClick = (event) => {
    hover.close();
    const stop = event.target.closest("[data-key]");
    if (stop) return open(Number(stop.closest("[data-col]").dataset.col), stop.dataset.key);
    // Time that nothing stands on and nothing can be booked in: the server says why.
    const bare = board && store.mode !== "rooms" && emptyAt(event, pressed.current, { from: board.from, to: board.to, scale });
    return bare && !moving && onAsk?.(board.columns[bare.col][0], instantOf(bare.minute));
  };
  const pressed = useRef(null);
  const onPointerDown = (event) => {
    pressed.current = { x: event.clientX, y: event.clientY };
    drag.onPointerDown(event);
  };
  // What the window's keys need of this drawing.
  const act = useRef(null);
  useLayoutEffect(() => {
    act.current = (action) => {
      const here = inside.current ? place.current : null;
      if (action === "menu") return here && openMenu(here.col, here.key, middleOf(here.key, here.col));
      if (action === "paste") return moving && here?.key[0] === "+" && open(here.col, here.key);
      const focused = here && !/^[+#]/.test(here.key) ? here.key : "";
      if (action === "peek") return hover.shown ? hover.close() : here && peekAt(here.col, here.key);
      if (action !== "new" && action !== "block") return onKey?.(action, focused || selected || "");
      const free = board && nextFree(store, order, inside.current ? place.current : null, isToday ? past : 0);
      return free && (action === "new" ? open(free.col, `+${free.at}`) : blockAt(free.col, free.at));
    };
  });
  useWindowKeys({ inside, frame, act, handlers });

  const shown = order.map((col, at) => ({ col, at })).filter(({ col, at }) => (
    (at >= view.first && at <= view.last) || (reach && place.current?.col === col)));
  const [pickedColumn, pickedAt] = board && picked?.[0]
    ? [picked[0], Math.round((Date.parse(picked[1]) - board.start) / 60000)] : [null, null];
  const now = isToday && minute >= board.from && minute <= board.to ? minute : null;
  const sizes = {
    "--db-minute": `${scale}px`, "--db-col": `${view.column}px`, "--db-gutter": `${GUTTER}px`,
    "--db-from": board?.from ?? 0, "--db-span": board ? board.to - board.from : 600, "--db-columns": order.length,
  };
  return (
    <section className="db" role="region" aria-label={label} aria-busy={board ? "false" : "true"}
      data-moving={isDimmed ? "" : undefined} style={sizes}>
      <style href="holdfast-day-board" precedence="medium">{STYLE + EXTRAS}</style>
      <div className="db-spoken" role="status" aria-live="assertive">{spoken}</div>
      <div className="db-scroll" ref={frame} onScroll={onScroll} onFocus={onFocus} onBlur={onBlur}
        onKeyDown={onKeyDown} onClick={onClick} onPointerDown={onPointerDown}
        onContextMenu={onContextMenu} onPointerOver={hover.onPointerOver} onPointerOut={hover.onPointerOut}>
        {!board ? <Waiting label={t_(words.loading)} /> : order.length === 0 ? (
          <Empty store={store} words={words} t_={t_} onEverybody={onEverybody} />
        ) : isTable ? (
          <DayTable store={store} order={order} words={words} t_={t_} label={label} past={isToday ? past : 0} onOpen={open} />
        ) : (
          <div className="db-canvas" key={board.id}>
            <div className="db-top">
              <div className="db-corner">{board.short}</div>
              {shown.map(({ col, at }) => (
                <ColumnHead key={col} store={store} col={col} at={at} words={words} t_={t_} onColumn={onColumn} />
              ))}
            </div>
            <div className="db-body">
              <Gutter board={board} t_={t_} from={board.from} to={board.to} now={now} />
              {shown.map(({ col, at }) => (
                <Column key={col} store={store} col={col} at={at} words={words} t_={t_} scale={scale} past={past}
                  mode={shownMode} band={band?.col === col ? band : null} size={size?.id && store.columnOf(size.id) === col ? size : null}
                  moving={store.columnOf(moving) === col ? moving : ""} selected={store.columnOf(selected) === col ? selected : ""}
                  picked={shownMode === "people" && pickedColumn === board.columns[col][0] ? pickedAt : -1} />
              ))}
              {now === null ? null : (
                <div className="db-now" style={{ insetBlockStart: `calc((${now} - var(--db-from)) * var(--db-minute))` }} />
              )}
            </div>
          </div>
        )}
      </div>
      <Park parked={parked} words={words} t_={t_} isOpen={isDragging && shownMode === "people"} moving={moving}
        onTake={(id) => onKey?.("take", id)} onUnpark={(id) => onUnpark?.(id)} onPointerDown={drag.onPointerDown} />
      {menu && board ? (
        <Menu at={menu} actions={actionsFor(store, menu, { moving, mayWrite })} words={words} t_={t_}
          label={t_(words.menu)} onChoose={choose} onClose={closeMenu} />
      ) : null}
      {hover.shown && !menu && !moving ? (
        <HoverCard shown={hover.shown} peek={peek} words={words} t_={t_} now={store.now()} stay={hover.stay} />
      ) : null}
      {drag.shadow}
    </section>
  );
}
