// The card beside a card: who it is, after a short rest of the pointer or by key. It stays while the pointer is on it,
// and Escape puts it away (WCAG 1.4.13).
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Flags } from "./flags.jsx";

const REST = 600;
const LEAVE = 250;

export function usePeek({ ask }) {
  const [shown, setShown] = useState(null);
  const timer = useRef(null);
  const asked = useRef(ask);
  asked.current = ask;
  const later = (wait, call) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(call, wait);
  };
  const open = useCallback((stop) => {
    clearTimeout(timer.current);
    setShown({ id: stop.dataset.key, box: stop.getBoundingClientRect() });
    asked.current(stop.dataset.key);
  }, []);
  const close = useCallback(() => {
    clearTimeout(timer.current);
    setShown(null);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!shown) return undefined;
    const away = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    };
    window.addEventListener("keydown", away, true);
    return () => window.removeEventListener("keydown", away, true);
  }, [shown, close]);
  const visitAt = (event) => event.target.closest(".db-card:not([data-status=session])");
  const onPointerOver = (event) => {
    const stop = event.pointerType === "mouse" && event.buttons === 0 ? visitAt(event) : null;
    if (stop && stop.dataset.key !== shown?.id) later(REST, () => open(stop));
    else if (stop) clearTimeout(timer.current);
  };
  const onPointerOut = (event) => {
    if (visitAt(event)) later(LEAVE, () => setShown(null));
  };
  const stay = { onPointerEnter: () => clearTimeout(timer.current), onPointerLeave: () => later(LEAVE, () => setShown(null)) };
  return { shown, open, close, onPointerOver, onPointerOut, stay };
}

function yearsSince(birthDate, now) {
  const [year, month, day] = birthDate.split("-").map(Number);
  const today = new Date(now);
  const isBefore = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day);
  return today.getFullYear() - year - (isBefore ? 1 : 0);
}

export function HoverCard({ shown, peek, words, t_, now, stay }) {
  const box = useRef(null);
  const is = peek?.id === shown.id;
  useLayoutEffect(() => {
    const { width, height } = box.current.getBoundingClientRect();
    const beside = shown.box.right + 8 + width < window.innerWidth ? shown.box.right + 8 : shown.box.left - width - 8;
    box.current.style.left = `${Math.max(4, beside)}px`;
    box.current.style.top = `${Math.max(4, Math.min(shown.box.top, window.innerHeight - height - 8))}px`;
  }, [shown, is]);
  return (
    <div className="db-peek" role="tooltip" ref={box} {...stay} aria-live="polite">
      {is ? (
        <>
          <strong dir="auto">{peek.patient}</strong>
          {peek.alert ? <p className="db-alert" dir="auto">{peek.alert}</p> : null}
          <span>
            {t_(words.born, { date: t_.date(peek.birth_date, "UTC", "short"), n: yearsSince(peek.birth_date, now) })}
          </span>
          {peek.phone ? <span dir="ltr">{peek.phone}</span> : null}
          <span>{`${peek.service}, ${t_(words[peek.status])}`}</span>
          <Flags flags={peek.flags} words={words} t_={t_} named />
        </>
      ) : <span className="db-peek-wait" />}
    </div>
  );
}
