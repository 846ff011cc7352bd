// The pointer on the board: a card is dragged to another place, its lower edge to another length, empty time to a
// stretch. A finger does the same after a long press; before that it scrolls.
// Where a card may go comes from the server as for every move, so what cannot take it is dim before the drop.
import { useEffect, useRef, useState } from "react";
import { span } from "./words.js";

// A pointer that trembles does not drag.
const FAR = 6;
const PRESS = 400;
const FINGER = "touch";
const MOVABLE = new Set(["booked", "pending"]);
const RESIZABLE = new Set(["booked", "pending", "arrived", "checked-in", "in-room"]);

const under = (event) => document.elementFromPoint(event.clientX, event.clientY);
const stopAt = (event) => under(event)?.closest(".db [data-key]");
const columnAt = (event) => under(event)?.closest(".db [data-col]");

export const mayResize = (card) => RESIZABLE.has(card?.status) && !card.places;

function minuteAt(store, column, y) {
  const box = column.getBoundingClientRect();
  const { from, to } = store.board;
  return from + ((y - box.top) / box.height) * (to - from);
}

const snap = (minute, step, begin) => begin + Math.round((minute - begin) / step) * step;

// What a drag of each kind does as the pointer goes on, and when it is let go.
const KINDS = {
  card: {
    begin: (held, calls) => {
      if (held.card) calls.begin(held.id, held.card.room >= 0 || calls.store.mode === "rooms");
      else calls.take(held.id);
    },
    follow: (held, event, calls) => {
      const stop = stopAt(event);
      const column = columnAt(event);
      const isTarget = stop && (stop.dataset.key[0] === "+" || calls.store.kindOf(stop.dataset.key) === "session");
      const where = column && !isTarget && calls.store.mode === "people"
        ? { col: Number(column.dataset.col), minute: minuteAt(calls.store, column, event.clientY) } : null;
      calls.over(where);
      return { text: held.title };
    },
    end: (held, event, calls) => {
      calls.over(null);
      if (under(event)?.closest(".db-park")) return calls.park(held.id);
      const column = columnAt(event);
      if (calls.store.mode === "rooms") return column && calls.room(held.id, Number(column.dataset.col));
      return column && calls.drop({
        id: held.id,
        col: Number(column.dataset.col),
        key: stopAt(event)?.dataset.key ?? "",
        minute: minuteAt(calls.store, column, event.clientY),
      });
    },
  },
  size: {
    begin: () => {},
    follow: (held, event, { store, locale, size }) => {
      const step = store.stepAt(held.card.col, held.card.start);
      const wanted = snap(minuteAt(store, held.column, event.clientY), step, held.card.start);
      held.end = Math.max(held.card.start + Math.min(step, 15), Math.min(wanted, store.longest(held.card)));
      size({ id: held.id, end: held.end });
      return { text: span(store.board, held.card.start, held.end, locale) };
    },
    end: (held, event, { resize, size }) => {
      size(null);
      if (held.end && held.end !== held.card.end) resize(held.id, held.end - held.card.start);
    },
  },
  stretch: {
    begin: () => {},
    follow: (held, event, { store, locale, stretch }) => {
      const step = store.stepAt(held.col, held.minute);
      const begin = store.slotAt(held.col, held.minute);
      const steps = (minuteAt(store, held.column, event.clientY) - begin) / step;
      const from = begin + Math.min(0, Math.floor(steps)) * step;
      const to = begin + Math.max(1, Math.ceil(steps)) * step;
      held.band = { col: held.col, from: Math.max(store.board.from, from), to: Math.min(store.board.to, to) };
      stretch(held.band);
      return { text: span(store.board, held.band.from, held.band.to, locale) };
    },
    end: (held, event, { choose, stretch }) => {
      stretch(null);
      if (held.band) choose(held.band);
    },
  },
};

function grasp(event, store) {
  const parked = event.target.closest("[data-parked]");
  if (parked) return { kind: "card", id: parked.dataset.parked, title: parked.dataset.title };
  const column = event.target.closest("[data-col]");
  const stop = event.target.closest(".db-card");
  const card = stop && store.cards.get(stop.dataset.key);
  if (card && event.target.closest(".db-grip")) return { kind: "size", id: card.id, card, column };
  if (card) {
    const isMovable = store.mode === "rooms" ? mayResize(card) : MOVABLE.has(card.status);
    return isMovable ? { kind: "card", id: card.id, card, title: card.title } : null;
  }
  if (!column || store.mode === "rooms" || store.moving || event.target.closest(".db-block")) return null;
  return { kind: "stretch", col: Number(column.dataset.col), column, minute: minuteAt(store, column, event.clientY) };
}

export function useDrag(store, given) {
  const [shown, setShown] = useState(null);
  const held = useRef(null);
  const ghost = useRef(null);
  const calls = useRef({});
  calls.current = { ...given, store };

  useEffect(() => {
    const arm = (event) => {
      const start = held.current;
      start.isFar = true;
      KINDS[start.kind].begin(start, calls.current);
      follow(event);
    };
    const follow = (event) => {
      const start = held.current;
      if (!start) return;
      const far = Math.hypot(event.clientX - start.x, event.clientY - start.y);
      if (!start.isFar && start.isFinger) {
        // It moved before the press was long enough: it scrolls.
        if (far > 2 * FAR) letAlone();
        return;
      }
      if (!start.isFar) {
        if (far >= FAR) arm(event);
        return;
      }
      const told = KINDS[start.kind].follow(start, event, calls.current);
      setShown((old) => (old?.text === told.text ? old : told));
      start.at = [event.clientX, event.clientY];
      if (ghost.current) ghost.current.style.translate = `${event.clientX + 12}px ${event.clientY + 8}px`;
    };
    const letAlone = () => {
      clearTimeout(held.current?.timer);
      held.current = null;
      setShown(null);
    };
    const letGo = (event) => {
      const start = held.current;
      letAlone();
      if (!start?.isFar) return;
      // The click that ends a drag would open the card below.
      const swallow = (click) => click.stopPropagation();
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      if (event.type === "pointerup") KINDS[start.kind].end(start, event, calls.current);
      else for (const clear of ["over", "size", "stretch"]) calls.current[clear](null);
      calls.current.rest();
    };
    // Once a finger drags, the page below it stands still.
    const still = (event) => held.current?.isFar && event.cancelable && event.preventDefault();
    calls.press = arm;
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", letGo);
    window.addEventListener("pointercancel", letGo);
    window.addEventListener("touchmove", still, { passive: false });
    return () => {
      clearTimeout(held.current?.timer);
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", letGo);
      window.removeEventListener("pointercancel", letGo);
      window.removeEventListener("touchmove", still);
    };
  }, [store]);

  useEffect(() => {
    if (shown && ghost.current && held.current?.at) {
      const [x, y] = held.current.at;
      ghost.current.style.translate = `${x + 12}px ${y + 8}px`;
    }
  }, [shown]);

  const onPointerDown = (event) => {
    const start = event.button === 0 && store.board ? grasp(event, store) : null;
    if (!start) return;
    const isFinger = event.pointerType === FINGER;
    held.current = { ...start, x: event.clientX, y: event.clientY, at: [event.clientX, event.clientY], isFinger };
    const at = { clientX: event.clientX, clientY: event.clientY };
    if (isFinger) held.current.timer = setTimeout(() => held.current && calls.press(at), PRESS);
  };
  const isBusy = () => Boolean(held.current?.isFinger);
  const shadow = shown ? (
    <div className="db-ghost" ref={ghost} aria-hidden="true">
      <span>{shown.text}</span>
      {given.why ? <small>{given.why}</small> : null}
    </div>
  ) : null;
  return { onPointerDown, shadow, isBusy };
}

