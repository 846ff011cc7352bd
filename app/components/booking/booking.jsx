// The booking flow's clockwork in the browser: a hold's countdown, where the focus goes, the kiosk's patience.
// It only shows time; what has run out the server decides.
import { useEffect, useRef, useState } from "react";
import { useT } from "$/public/words.js";

const two = (number) => String(number).padStart(2, "0");

// How long a hold still lasts. `left` milliseconds were left when the server said so the `told`th time.
export function HoldClock({ left, told, onEnd }) {
  const t_ = useT();
  const [rest, setRest] = useState(left);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    const until = Date.now() + left;
    let isOver = false;
    const tick = () => {
      const now = Math.max(0, until - Date.now());
      setRest(now);
      if (now === 0 && !isOver) {
        isOver = true;
        end.current?.();
      }
    };
    tick();
    const ticker = setInterval(tick, 250);
    return () => clearInterval(ticker);
  }, [left, told]);
  const seconds = Math.ceil(rest / 1000);
  const minutes = Math.ceil(seconds / 60);
  // Spoken at whole minutes and at the last half minute, not every second.
  const spoken = seconds <= 30 ? t_("Less than half a minute left") : t_.n("{n} minute left", "{n} minutes left", minutes);
  return (
    <span className="hold-clock">
      <span role="timer" aria-hidden="true" className="figures" dir="ltr">
        {Math.floor(seconds / 60)}:{two(seconds % 60)}
      </span>
      <span role="status" className="visually-hidden">{spoken}</span>
    </span>
  );
}

// Move the focus to the element `target` whenever `on` changes, so that a keyboard or a screen reader follows.
export function FocusFollows({ target, on }) {
  const before = useRef(on);
  useEffect(() => {
    if (before.current === on) return;
    const isFirst = before.current === "";
    before.current = on;
    if (isFirst) return;
    const element = document.getElementById(target);
    element?.focus({ preventScroll: true });
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    element?.scrollIntoView({ block: target === "step-title" ? "center" : "nearest", behavior: calm ? "auto" : "smooth" });
  }, [target, on]);
  return null;
}

const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "touchstart", "wheel"];

// After `idle` seconds without a touch or a key a dialog counts down; at its end, or at once when `isSilent`
// (the first screen holds nothing but a language), everything is wiped; so it is when the page is loaded, which a
// connection that was lost and came back is not.
export function Patience({ idle, countdown, isSilent, onIdle, onArrive }) {
  const t_ = useT();
  const [rest, setRest] = useState(null);
  const dialog = useRef(null);
  const seen = useRef(Date.now());
  const told = useRef(false);
  const callback = useRef(onIdle);
  callback.current = onIdle;
  const arrived = useRef(false);
  useEffect(() => {
    if (arrived.current) return;
    arrived.current = true;
    onArrive?.();
  }, [onArrive]);
  useEffect(() => {
    const live = () => {
      seen.current = Date.now();
      told.current = false;
      setRest(null);
    };
    const look = () => {
      const quiet = (Date.now() - seen.current) / 1000 - idle;
      const left = Math.ceil((isSilent ? 0 : countdown) - quiet);
      if (quiet < 0) return;
      if (left > 0) {
        setRest(left);
      } else if (!told.current) {
        told.current = true;
        setRest(null);
        callback.current?.();
        if (!isSilent) seen.current = Date.now();
      }
    };
    live();
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, live, { capture: true, passive: true });
    const ticker = setInterval(look, 250);
    return () => {
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, live, { capture: true });
      clearInterval(ticker);
    };
  }, [idle, countdown, isSilent]);
  const isAsking = rest !== null;
  useEffect(() => {
    const box = dialog.current;
    if (isAsking && box && !box.open) box.showModal();
    if (!isAsking && box?.open) box.close();
  }, [isAsking]);
  const warning = t_.n(
    "For your privacy everything on this screen is deleted in {n} second.",
    "For your privacy everything on this screen is deleted in {n} seconds.",
    rest ?? 0,
  );
  return (
    <dialog ref={dialog} className="patience" role="alertdialog" aria-labelledby="patience-title" aria-describedby="patience-text">
      <h2 id="patience-title">{t_("Are you still there?")}</h2>
      <p id="patience-text">{warning}</p>
      <div className="patience-ring" aria-hidden="true" style={{ "--share": (rest ?? 0) / (countdown || 1) }}>
        <span className="figures">{rest ?? 0}</span>
      </div>
      <button type="button" className="choice-go" autoFocus onClick={() => setRest(null)}>{t_("I need more time")}</button>
    </dialog>
  );
}
