// How much of the board is in sight: the frame's size and its columns, measured as the window changes.
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";

export const GUTTER = 64;
const NARROWEST = 184;
const PHONE = 560;

// The frame's size and how far it is scrolled sideways, in whole columns.
export function useView(frame, count) {
  const [size, setSize] = useState({ width: 0, height: 0, first: 0, last: 12 });
  const column = useMemo(() => {
    const room = Math.max(0, size.width - GUTTER);
    if (size.width && size.width < PHONE) return room;
    return Math.max(NARROWEST, Math.floor(room / Math.max(1, count)));
  }, [size.width, count]);
  const measure = useCallback(() => {
    const box = frame.current;
    if (!box) return;
    const width = box.clientWidth;
    const each = width < PHONE ? width - GUTTER : Math.max(NARROWEST, Math.floor((width - GUTTER) / Math.max(1, count)));
    const first = Math.max(0, Math.floor(Math.abs(box.scrollLeft) / Math.max(1, each)) - 1);
    const last = Math.min(count - 1, Math.ceil((Math.abs(box.scrollLeft) + width) / Math.max(1, each)) + 1);
    const now = { width, height: box.clientHeight, first, last };
    setSize((old) => (Object.keys(now).every((name) => old[name] === now[name]) ? old : now));
  }, [frame, count]);
  useLayoutEffect(() => {
    measure();
    const watcher = new ResizeObserver(measure);
    if (frame.current) watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, [measure, frame]);
  return { ...size, column, measure };
}

// Bring a card into sight whose column is not drawn.
export function showCard(box, store, { card, order, column, scale }) {
  const at = card ? order.indexOf(store.columnOf(card.id)) : -1;
  if (at < 0) return;
  const sign = getComputedStyle(box).direction === "rtl" ? -1 : 1;
  const middle = (box.clientHeight - (card.end - card.start) * scale) / 2;
  box.scrollTo({ left: sign * at * column, top: (card.start - store.day().from) * scale - middle });
}

// A day begins at the present time, else at the hour that the reader went to before, else where its work is.
// Returns what a scroll calls: only the reader's own going counts.
export function useHour(frame, store, { board, isDrawn, scale, measure }) {
  const hour = useRef(null);
  const isArriving = useRef(false);
  useLayoutEffect(() => {
    if (!board || !isDrawn || !frame.current) return;
    const present = store.minuteNow();
    const isWithin = present >= board.from && present < board.to;
    const top = isWithin ? Math.max(board.from, present - 60) : hour.current ?? board.from;
    const before = frame.current.scrollTop;
    frame.current.scrollTo({ top: (top - board.from) * scale });
    // What did not go anywhere tells of no scroll.
    isArriving.current = frame.current.scrollTop !== before;
  }, [board?.id, store, isDrawn]);
  return () => {
    measure();
    if (board && isDrawn && !isArriving.current) hour.current = board.from + frame.current.scrollTop / scale;
    isArriving.current = false;
  };
}
