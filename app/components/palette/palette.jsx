// One field for going anywhere: `/` and Ctrl+K put the keyboard on it. What can be done stands there at once, days are
// read out of what is typed, patients and practitioners come from the server (app/state/shell.py).
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { isTurnedOff } from "$/public/letters.js";
import { useT } from "$/public/words.js";
import { commandsOf, isAbout, itemsOf } from "./commands.js";
import { List } from "./list.jsx";
import { pageIsLoaded, perform, performThere } from "./perform.js";
import { keepPerson, peopleOf } from "./recent.js";

const ASK_AFTER = 50;
// The aim of an arrow that met somebody of a former answer: nothing is chosen until an arrow is pressed again.
const NOBODY = " ";
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]");
const pageOf = (address) => address.split("?")[0].replace(/(.)\/$/, "$1");

// What stands in the field while only one kind of thing is asked for.
const hints = (t_) => ({
  day: t_("A day: tomorrow, Friday or {example}", { example: t_.date(new Date().toISOString(), "", "short") }),
  practitioner: t_("Two letters of the practitioner's name"),
});

export function Palette({
  commands, permissions, isDemonstration, actions, languages, found, recent, mark, zone, isLoaded, onSearch, onUsed, onPin,
}) {
  const t_ = useT();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [part, setPart] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [aim, setAim] = useState("");
  const field = useRef(null);
  const waiting = useRef(null);
  // Enter came before the answer: whoever then stands first is opened.
  const isWished = useRef(false);
  // A popover that is just closing gives the focus back to its button only after this field was opened by its key.
  const isHeld = useRef(false);
  const id = useId();

  useEffect(() => pageIsLoaded(isLoaded), [isLoaded]);
  useEffect(() => {
    const onKey = (event) => {
      const isPalette = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
      const isModified = event.ctrlKey || event.metaKey || event.altKey;
      const isPlain = !isModified && !event.defaultPrevented && !typing(event.target) && !isTurnedOff(event);
      if (isPalette || (isPlain && event.key === "/")) {
        if (document.documentElement.dataset.locked !== undefined) return;
        event.preventDefault();
        field.current.focus();
        field.current.select();
        isHeld.current = true;
        setOpen(true);
      } else if (isPlain && event.key === "?") {
        event.preventDefault();
        document.getElementById("keys-help")?.click();
      }
    };
    const onPointer = () => {
      isHeld.current = false;
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("pointerdown", onPointer, true);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("pointerdown", onPointer, true);
    };
  }, []);

  const all = useMemo(
    () => commandsOf(t_, { commands, permissions, isDemonstration, actions, languages, pin: () => onPin?.() }),
    [commands, permissions, isDemonstration, actions, languages, t_],
  );
  const items = useMemo(
    () => (isOpen ? itemsOf(t_, { text, part, all, found, recent, people: peopleOf(mark), zone }) : []),
    [isOpen, text, part, all, found, recent, mark, zone, t_],
  );
  const asked = text.trim();
  const isAwaited = isOpen && asked !== "" && part !== "day" && found.asked !== asked;
  // What the keyboard is on stays so when the server's answer comes. It begins on the first line, but never on somebody
  // who was found for another text, nor on a name above which people may still come.
  const isFirstSure = items.length > 0 && !items[0].isStale && !items[0].isBelow;
  const first = isFirstSure ? 0 : -1;
  const at = aim ? items.findIndex((item) => item.id === aim && !item.isStale) : first;

  const ask = (value) => {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => onSearch?.(value.trim()), ASK_AFTER);
  };
  const change = (value) => {
    isWished.current = false;
    setText(value);
    setAim("");
    setOpen(true);
    ask(value);
  };
  const clear = (question = "") => {
    isWished.current = false;
    setText("");
    setAim("");
    setPart(question);
    clearTimeout(waiting.current);
    if (found.asked) onSearch?.("");
  };
  const close = () => {
    isHeld.current = false;
    setOpen(false);
    clear();
  };
  const goTo = (item) => {
    const isHere = pageOf(item.to) === pageOf(window.location.pathname);
    if (isHere && (item.press || item.ready)) return perform(item);
    // Whoever has typed something on this page is asked before it is left (assets/unsaved.js).
    if (window.holdfast.leaves?.() === false) return undefined;
    if (item.press || item.ready) performThere(item);
    return navigate(item.to);
  };
  const go = (item) => {
    if (!item) return;
    if (item.ask) {
      clear(item.ask);
      return;
    }
    if (!item.kind) onUsed?.(item.id);
    else if (item.kind !== "day") keepPerson(mark, item);
    close();
    field.current.blur();
    if (item.run) item.run();
    else goTo(item);
  };
  // A waiting Enter means people only: a name that hardly fits is left to be chosen by another one.
  useEffect(() => {
    if (isAwaited || !isWished.current) return;
    isWished.current = false;
    if (items[0]?.kind) go(items[0]);
  }, [isAwaited]);
  const onBlur = ({ currentTarget, relatedTarget }) => {
    if (currentTarget.contains(relatedTarget)) return;
    if (!isHeld.current || !relatedTarget) {
      close();
      return;
    }
    isHeld.current = false;
    queueMicrotask(() => {
      field.current?.focus();
      if (document.activeElement !== field.current) close();
    });
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Tab") isHeld.current = false;
    if (step && (items.length || isAwaited)) {
      event.preventDefault();
      setOpen(true);
      isWished.current = false;
      const next = items[(Math.max(at, step > 0 ? -1 : 0) + step + items.length) % items.length];
      setAim(next && !next.isStale ? next.id : NOBODY);
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      if (isAwaited && !aim && at < 0) isWished.current = true;
      else go(items[at]);
    } else if (event.key === "Backspace" && part && !text) {
      clear();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (part) return clear();
      close();
      field.current.blur();
    }
    return undefined;
  };

  const isShown = isOpen && items.length > 0;
  const isNothing = isOpen && asked !== "" && items.length === 0 && (part === "day" || isAbout(asked, found));
  const hint = part ? hints(t_)[part] : "";
  const nothing = t_("Nothing is called that. Try fewer letters.");
  return (
    <div className="palette" role="search" onBlur={onBlur}>
      <input
        ref={field} id="palette" className="palette-field" type="text" role="combobox" autoComplete="off" spellCheck={false}
        aria-label={t_("Search or go to")} aria-expanded={isShown} aria-controls={isShown ? `${id}list` : undefined}
        aria-autocomplete="list" aria-activedescendant={isShown && at >= 0 ? `${id}${at}` : undefined} maxLength={80}
        placeholder={hint || t_("Search or go to")} title={t_("Search or go to (/ or Ctrl+K)")}
        value={text} onChange={(event) => change(event.target.value)} onFocus={() => setOpen(true)} onKeyDown={onKeyDown}
      />
      <kbd className="key palette-hint" aria-hidden="true">/</kbd>
      {isShown && <List id={id} label={t_("Search or go to")} items={items} at={at} onAim={(item) => setAim(item.id)} onGo={go} />}
      <span role="status" className="visually-hidden">{isNothing && !isAwaited ? nothing : hint}</span>
      {!isShown && (isNothing || (isOpen && hint)) && (
        <div className="palette-list palette-none muted" aria-hidden="true">{isNothing ? nothing : hint}</div>
      )}
    </div>
  );
}
