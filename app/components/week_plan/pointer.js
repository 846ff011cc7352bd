// The pointer on the week: draws on free ground, moves a block by its body and resizes it by its edges.
import { useEffect, useRef, useState } from "react";
import { moved, resized, snapped } from "./clockwork.js";

// A pointer that trembles does not drag.
const FAR = 5;
const FINGER = "touch";

export function usePointer(range, { step, find, finish }) {
  const [ghost, setGhost] = useState(null);
  const held = useRef(null);
  const calls = useRef({});
  calls.current = { range, step, finish };

  const minuteAt = (event, column) => {
    const [from, to] = calls.current.range;
    const box = column.getBoundingClientRect();
    return from + ((event.clientY - box.top) / box.height) * (to - from);
  };
  const columnAt = (event) => document.elementsFromPoint(event.clientX, event.clientY)
    .map((one) => one.closest?.("[data-weekday]")).find(Boolean);

  const become = (event) => {
    const { kind, block, column, minute } = held.current;
    const { step: by } = calls.current;
    const here = (kind === "move" && columnAt(event)) || column;
    const now = minuteAt(event, column);
    if (kind === "draw") {
      const [first, last] = [Math.min(minute, now), Math.max(minute, now)];
      const starts = snapped(Math.floor(first / by) * by, by);
      return { weekday: Number(column.dataset.weekday), starts, ends: Math.max(starts + by, snapped(last, by)) };
    }
    if (kind !== "move") return resized(block, { edge: kind, minute: snapped(now, by), step: by });
    const days = Number(here.dataset.weekday) - block.weekday;
    return moved(block, { days, minutes: snapped(block.starts + now - minute, by) - block.starts });
  };

  useEffect(() => {
    const follow = (event) => {
      const start = held.current;
      if (!start) return;
      if (!start.isFar && Math.hypot(event.clientX - start.x, event.clientY - start.y) < FAR) return;
      start.isFar = true;
      setGhost(become(event));
    };
    const letGo = (event) => {
      const start = held.current;
      if (!start) return;
      const made = start.isFar && event.type === "pointerup" ? become(event) : null;
      held.current = null;
      setGhost(null);
      if (!start.isFar) return;
      // The click that ends a drag would open the block below.
      const swallow = (click) => click.stopPropagation();
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      if (made) calls.current.finish(start.kind, made);
    };
    const giveUp = (event) => {
      if (event.key !== "Escape" || !held.current) return;
      held.current = null;
      setGhost(null);
    };
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", letGo);
    window.addEventListener("pointercancel", letGo);
    window.addEventListener("keydown", giveUp);
    return () => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", letGo);
      window.removeEventListener("pointercancel", letGo);
      window.removeEventListener("keydown", giveUp);
    };
  }, []);

  const onPointerDown = (event) => {
    const column = event.target.closest("[data-weekday]");
    // A finger scrolls; it changes the week by the forms.
    if (!column || event.button !== 0 || event.pointerType === FINGER) return;
    const stop = event.target.closest("[data-block]");
    const kind = stop ? event.target.closest("[data-edge]")?.dataset.edge ?? "move" : "draw";
    held.current = {
      kind, column, block: stop && find(stop.dataset.block), minute: minuteAt(event, column),
      x: event.clientX, y: event.clientY, isFar: false,
    };
    if (kind === "draw") event.preventDefault();
  };
  return { ghost, onPointerDown };
}
