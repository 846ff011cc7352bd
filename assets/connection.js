// While the server cannot keep this page's state (its store is away), the page says so, asks every two seconds
// whether it is back, and then loads itself again. See report_exception in app/state/base.py.
import { useSyncExternalStore } from "react";

const ASK_EVERY = 2000;
const listeners = new Set();
let waiting = false;

const isBack = async () => {
  try {
    const answer = await fetch("/_health", { cache: "no-store" });
    return answer.ok;
  } catch {
    return false;
  }
};

const lost = () => {
  if (waiting) return;
  waiting = true;
  listeners.forEach((listener) => listener());
  const ask = async () => {
    if (await isBack()) window.location.reload();
    else setTimeout(ask, ASK_EVERY);
  };
  setTimeout(ask, ASK_EVERY);
};

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useWaiting = () => useSyncExternalStore(subscribe, () => waiting, () => false);

if (typeof window !== "undefined") {
  window.holdfast = { ...window.holdfast, lost };
  document.addEventListener("click", (event) => event.target.closest?.("[data-load-again]") && window.location.reload());
  // A screen reader tells of what is put into a region, not of what only becomes visible in it.
  document.addEventListener("animationend", ({ animationName, target }) => {
    if (animationName === "late-note") target.replaceChildren(...target.childNodes);
  });
}
