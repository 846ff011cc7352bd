// What changes with the time alone: a hold's countdown, and what appears from an instant on.
import { useSyncExternalStore } from "react";
import { serverClock } from "./store.js";
import { countdown } from "./words.js";

// One clock for everything on the page that ticks.
const ticks = { listeners: new Set(), timer: null };
const onTick = (listener) => {
  ticks.listeners.add(listener);
  ticks.timer ??= setInterval(() => ticks.listeners.forEach((call) => call()), 1000);
  return () => {
    ticks.listeners.delete(listener);
    if (ticks.listeners.size === 0) {
      clearInterval(ticks.timer);
      ticks.timer = null;
    }
  };
};

export function Countdown({ until }) {
  const left = () => countdown(until - serverClock.now());
  const shown = useSyncExternalStore(onTick, left, left);
  return <span className="db-left">{shown}</span>;
}

// A hold's remaining time by the server's clock, for the pane beside the board.
export function HoldCountdown({ until }) {
  return until ? <Countdown until={until} /> : null;
}

// The server's time in milliseconds, in steps of some seconds, for what appears from an instant on.
const STEP = 5000;
const steps = () => Math.floor(serverClock.now() / STEP) * STEP;
export const useServerTime = () => useSyncExternalStore(onTick, steps, steps);
