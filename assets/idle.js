// A staff page that nobody touches for as long as a session may idle signs out by itself, so that no patient stays
// on an unattended screen. Tabs of one browser count as one: what is done in any of them keeps all of them.
import { useEffect } from "react";

const KEY = "holdfast.active";
const SIGNS = ["pointerdown", "keydown", "wheel", "touchstart"];
const LOOK_EVERY = 10_000;
const NOTE_EVERY = 2_000;
// A page on its way out is asked to leave anew only after this: the next would call the first one off.
const AGAIN_AFTER = 60_000;
// A server that does not answer keeps no patient on the screen.
const SIGN_OUT_WITHIN = 5_000;

const lastActive = () => Number(window.localStorage.getItem(KEY)) || Date.now();
// Only a person's own: the lock presses Escape by itself.
const noteActivity = ({ isTrusted }) => {
  if (!isTrusted) return;
  if (Date.now() - (Number(window.localStorage.getItem(KEY)) || 0) > NOTE_EVERY) {
    window.localStorage.setItem(KEY, String(Date.now()));
  }
};

const leave = async () => {
  // Nobody is asked about what is not saved (assets/unsaved.js).
  window.holdfast = { ...window.holdfast, isEnding: true };
  try {
    await fetch("/auth/sign-out", { method: "POST", redirect: "manual", signal: AbortSignal.timeout(SIGN_OUT_WITHIN) });
  } catch {
    // Out of touch: the page is left all the same, and the session ends at the server by itself.
  }
  const back = encodeURIComponent(window.location.pathname + window.location.search);
  window.location.assign(`/sign-in?problem=idle&next=${back}`);
};

export function IdleWatch({ minutes }) {
  useEffect(() => {
    if (!minutes) return undefined;
    let leftAt = -Infinity;
    window.localStorage.setItem(KEY, String(Date.now()));
    const look = () => {
      if (Date.now() - lastActive() < minutes * 60_000 || Date.now() - leftAt < AGAIN_AFTER) return;
      leftAt = Date.now();
      leave();
    };
    SIGNS.forEach((sign) => window.addEventListener(sign, noteActivity, { passive: true }));
    // A computer that slept fires no timer meanwhile: look at once when the page is seen again.
    document.addEventListener("visibilitychange", look);
    const timer = setInterval(look, LOOK_EVERY);
    return () => {
      SIGNS.forEach((sign) => window.removeEventListener(sign, noteActivity));
      document.removeEventListener("visibilitychange", look);
      clearInterval(timer);
    };
  }, [minutes]);
  return null;
}
