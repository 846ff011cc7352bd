// The lock over a staff page (see app/components/lock/__init__.py). All tabs of a browser lock and open together: the
// one that locks leaves the session's mark in the storage, the one that opens takes it away.
import { useCallback, useEffect, useRef, useState } from "react";
import { isTurnedOff } from "$/public/letters.js";
import { useT } from "$/public/words.js";
import { maskAll } from "./mask.js";

const LOCKED = "holdfast.locked";
const ACTIVE = "holdfast.active";
const HERE = "holdfast.here";
const LOOK_EVERY = 1000;
const KEPT_WITHIN = 3000;
const KEPT_EVERY = 50;
const AGAIN_AFTER = 10_000;
const PRIVATE = "#content, .shell-tools, [data-radix-popper-content-wrapper], [data-sonner-toaster], [data-sonner-toast], .rt-BaseDialogOverlay";

const post = (address, fields) => fetch(address, { method: "POST", body: new URLSearchParams(fields ?? {}) });
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");

// Where the next person goes on: the page, with the day and place that it names by itself (`here` of the shell).
const here = () => {
  const named = document.querySelector("[data-here]")?.dataset ?? {};
  const asked = new URLSearchParams(window.location.search);
  if (named.day) asked.set("day", named.day);
  if (named.location) asked.set("location", named.location);
  return `${window.location.pathname}${asked.size ? `?${asked}` : ""}`;
};

const kept = () => {
  const place = window.sessionStorage.getItem(HERE) ?? "";
  return place.split("?")[0] === window.location.pathname ? place : here();
};

// What is half written and kept meanwhile (app/state/drafts.py): each field, and what stands in it.
const drafts = () => [...document.querySelectorAll("[data-draft]")].map((field) => [field, field.value.trim()]);
const isOnItsWay = ([field, text]) => field.isConnected && field.dataset.draft?.trim() !== text;
const areKept = async (begun) => {
  const end = Date.now() + KEPT_WITHIN;
  while (begun.some(isOnItsWay) && Date.now() < end) await new Promise((done) => { setTimeout(done, KEPT_EVERY); });
};

const quiet = () => Date.now() - (Number(window.localStorage.getItem(ACTIVE)) || Date.now());

export function LockScreen({ mark, minutes }) {
  const [locked, setLocked] = useState(false);
  const [people, setPeople] = useState(null);
  const isLocked = useRef(false);
  const begun = useRef([]);
  const latest = useRef(mark);
  latest.current = mark || latest.current;

  const cover = useCallback(() => {
    if (isLocked.current) return;
    isLocked.current = true;
    // A page that was loaded again behind the lock has not been told its day: what was noted before stands.
    const isTold = document.querySelector("[data-here]")?.dataset.day !== "";
    if (isTold) window.sessionStorage.setItem(HERE, here());
    // What is open above the page closes: its own hold on the keyboard would be stronger than the lock's.
    for (let times = 0; times < 3; times += 1) {
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }),
      );
    }
    setLocked(true);
  }, []);

  const lock = useCallback(async () => {
    if (!isLocked.current) {
      window.localStorage.setItem(LOCKED, latest.current || "unknown");
      // A draft is sent as its field is left: now, with what stands in it, since the cover takes that out.
      begun.current = drafts();
      if (document.activeElement?.matches("[data-draft]")) document.activeElement.blur();
    }
    cover();
    // A locked session keeps nothing any more.
    await areKept(begun.current);
    try {
      const answer = await post("/auth/lock");
      if (answer.status === 401) {
        window.location.assign(`/sign-in?problem=idle&next=${encodeURIComponent(kept())}`);
        return;
      }
      setPeople((await answer.json()).people);
    } catch {
      // Out of touch: the page stays covered, and the server is told as soon as it can be reached.
      setTimeout(lock, 2000);
    }
  }, [cover]);

  useEffect(() => {
    window.holdfast = { ...window.holdfast, lock, isLocked: () => isLocked.current };
    const onStorage = ({ key, newValue }) => {
      if (key !== LOCKED) return;
      if (newValue) lock();
      else if (isLocked.current) window.location.assign(kept());
    };
    const onKey = (event) => {
      if (event.key !== "L" || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
      if (typing(event.target) || !latest.current || isTurnedOff(event)) return;
      event.preventDefault();
      lock();
    };
    window.addEventListener("storage", onStorage);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("storage", onStorage);
      window.removeEventListener("keydown", onKey);
    };
  }, [lock]);

  useEffect(() => {
    if (!mark || isLocked.current) return undefined;
    const left = window.localStorage.getItem(LOCKED);
    // Locked while out of touch, and never heard by the server: it is told now. Another session's mark is over.
    if (left === mark) lock();
    else if (left) window.localStorage.removeItem(LOCKED);
    if (!minutes) return undefined;
    const look = () => {
      if (!isLocked.current && quiet() >= minutes * 60_000) lock();
    };
    const timer = setInterval(look, LOOK_EVERY);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [mark, minutes, lock]);

  useEffect(() => {
    if (!locked) return undefined;
    const places = [...document.querySelectorAll(PRIVATE)];
    // Notices and what floats stand beside the frame.
    const covered = [document.querySelector(".shell"), ...places];
    covered.forEach((one) => { one.inert = true; });
    document.documentElement.dataset.locked = "";
    const stop = maskAll(places);
    return () => {
      stop();
      covered.forEach((one) => { one.inert = false; });
      delete document.documentElement.dataset.locked;
    };
  }, [locked]);

  return locked ? <Cover people={people} onEnded={lock} /> : null;
}

function Cover({ people, onEnded }) {
  const t_ = useT();
  const [byPassword, setByPassword] = useState(false);
  const hasPins = people !== null && people.length > 0;
  const cover = useRef(null);
  useEffect(() => cover.current.querySelector("input:not([type=radio]):not([type=hidden]), button")?.focus(), [people, byPassword]);
  const keepInside = (event) => {
    event.stopPropagation();
    if (event.key !== "Tab") return;
    const stops = [...cover.current.querySelectorAll("button, input:not([type=hidden])")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  };
  return (
    <div className="lock" role="dialog" aria-modal="true" aria-labelledby="lock-title" ref={cover} onKeyDown={keepInside}>
      <div className="lock-card">
        <h1 id="lock-title">{t_("This computer is locked")}</h1>
        {people === null && <p role="status" className="muted">{t_("One moment")}</p>}
        {hasPins && !byPassword && <PinForm people={people} onEnded={onEnded} onBlocked={() => setByPassword(true)} />}
        {people !== null && (!hasPins || byPassword) && <PasswordForm hasPins={hasPins} />}
        {hasPins && (
          <button type="button" className="link-button" onClick={() => setByPassword(!byPassword)}>
            {byPassword ? t_("Use a PIN") : t_("Sign in with a password")}
          </button>
        )}
        <form action="/auth/sign-out" method="post">
          <button type="submit" className="link-button">{t_("Sign out")}</button>
        </form>
      </div>
    </div>
  );
}

function PinForm({ people, onEnded, onBlocked }) {
  const t_ = useT();
  const [person, setPerson] = useState((people.find((one) => one.isCurrent) ?? people[0]).id);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const pin = useRef(null);
  const choose = (id) => {
    setPerson(id);
    pin.current.focus();
  };
  const open = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      const answer = await post("/auth/unlock", { person, pin: pin.current.value });
      if (answer.ok) {
        window.localStorage.setItem(ACTIVE, String(Date.now()));
        window.localStorage.removeItem(LOCKED);
        window.location.assign(kept());
        // Should the page not come, whoever waits can try again.
        setTimeout(() => setBusy(false), AGAIN_AFTER);
        return;
      }
      const { code } = await answer.json();
      if (code === "not-signed-in") onEnded();
      else if (code === "pin-blocked") setProblem(t_("Too many wrong PINs. Sign in with your password."));
      else if (code === "wrong-pin") setProblem(t_("This PIN is not right."));
      else setProblem(t_("The computer could not be opened. Try again."));
      if (code === "pin-blocked") setTimeout(onBlocked, 2500);
    } catch {
      setProblem(t_("The connection is lost. Try again in a moment."));
    }
    setBusy(false);
    pin.current.value = "";
    pin.current.focus();
  };
  return (
    <form onSubmit={open} className="lock-form">
      <fieldset className="lock-people">
        <legend>{t_("Who are you?")}</legend>
        {people.map((one) => (
          <label key={one.id} className="lock-person">
            <input type="radio" name="person" checked={person === one.id} onChange={() => setPerson(one.id)} onClick={(event) => event.detail && choose(one.id)} />
            <span>{one.name}</span>
          </label>
        ))}
      </fieldset>
      <label className="lock-field">
        <span>{t_("PIN")}</span>
        <input ref={pin} type="password" inputMode="numeric" autoComplete="off" maxLength={8} required aria-describedby="lock-problem" />
      </label>
      <p id="lock-problem" role="alert" className="field-error">{problem}</p>
      <button type="submit" className="lock-open" disabled={busy}>{t_("Unlock")}</button>
    </form>
  );
}

function PasswordForm({ hasPins }) {
  const t_ = useT();
  const next = useRef(kept());
  return (
    <form action="/auth/sign-in" method="post" className="lock-form">
      {!hasPins && <p className="muted">{t_("Nobody who signed in here today has a PIN. Everybody sets their own in the status bar.")}</p>}
      <label className="lock-field">
        <span>{t_("Login")}</span>
        <input name="login" autoComplete="username" required />
      </label>
      <label className="lock-field">
        <span>{t_("Password")}</span>
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <input type="hidden" name="next" value={next.current} />
      <button type="submit" className="lock-open">{t_("Sign in")}</button>
    </form>
  );
}
