// What can be done with what stands under the pointer or the keyboard: right click, the menu key or Shift+F10.
import { useEffect, useLayoutEffect, useRef } from "react";
import {
  Ban, CalendarPlus, ClipboardPaste, DoorOpen, Eye, Lock, LockOpen, Minus, Move, PanelRight, ParkingSquare, Plus,
  Scissors, UserCheck,
} from "lucide-react";
import { mayResize } from "./drag.jsx";

const ICONS = {
  open: PanelRight, arrive: UserCheck, room: DoorOpen, move: Move, cut: Scissors, park: ParkingSquare, longer: Plus,
  shorter: Minus, peek: Eye, cancel: Ban, book: CalendarPlus, block: Lock, unblock: LockOpen, paste: ClipboardPaste,
};
const KEYS = { arrive: "A", room: "R", move: "M", cut: "Ctrl+X", park: "P", peek: "I", paste: "Ctrl+V" };

const wordOf = (words, action) => words[`do_${action}`];

// The actions that make sense for a stop; what is not permitted after all is refused by the server in words.
export function actionsFor(store, { col, key }, { moving, mayWrite }) {
  if (key[0] === "+") {
    if (moving) return ["paste"];
    return mayWrite ? ["book", "block"] : [];
  }
  if (key[0] === "#") {
    const block = store.layout(col).blocks.find(([, , at]) => `#${at}` === key);
    return block?.[0] ? ["unblock"] : [];
  }
  const card = store.cards.get(key);
  if (card.status === "session") return moving && store.takes(key) ? ["open", "paste"] : ["open"];
  if (!mayWrite) return ["open", "peek"];
  const can = ["open", "peek"];
  const now = store.minuteNow();
  const isToday = now >= 0 && now < store.board.length;
  if (isToday && (card.status === "booked" || card.status === "noshow")) can.push("arrive");
  if (card.status === "checked-in" || card.status === "in-room") can.push("room");
  if (card.status === "booked" || card.status === "pending") can.push("move", "cut", "park");
  if (mayResize(card)) can.push("longer", "shorter");
  if (card.status === "booked" || card.status === "pending") can.push("cancel");
  return can;
}

export function Menu({ at, actions, words, t_, label, onChoose, onClose }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const { width, height } = box.current.getBoundingClientRect();
    box.current.style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - width - 8))}px`;
    box.current.style.top = `${Math.max(4, Math.min(at.y, window.innerHeight - height - 8))}px`;
    box.current.querySelector("button")?.focus();
  }, [at]);
  useEffect(() => {
    const away = (event) => !box.current?.contains(event.target) && onClose(false);
    window.addEventListener("pointerdown", away, true);
    return () => window.removeEventListener("pointerdown", away, true);
  }, [onClose]);
  const onKeyDown = (event) => {
    const items = [...box.current.querySelectorAll("button")];
    const here = items.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[(to + items.length) % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") onClose(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="db-menu" role="menu" aria-label={label} ref={box} onKeyDown={onKeyDown}>
      {actions.map((action) => {
        const Icon = ICONS[action];
        return (
          <button key={action} type="button" role="menuitem" tabIndex={-1} onClick={() => onChoose(action)}>
            <Icon size={16} aria-hidden="true" />
            <span>{t_(wordOf(words, action))}</span>
            {KEYS[action] ? <kbd aria-hidden="true">{KEYS[action]}</kbd> : null}
          </button>
        );
      })}
    </div>
  );
}
