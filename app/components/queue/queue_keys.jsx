// The keys of a page of rows: letters for what is done most, arrows from row to row, the notice's Undo.
import { useEffect, useRef } from "react";
import { isTurnedOff } from "$/public/letters.js";

const TYPING = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], [role=combobox]";

const rowOf = (element) => element?.closest?.("[data-row]") ?? null;

const goOn = (event) => {
  const here = rowOf(event.target);
  if (!here && event.target !== document.body && event.target.id !== "content") return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(here);
  const to = rows[event.key === "ArrowDown" ? at + 1 : Math.max(0, at - 1)];
  if (!to) return;
  event.preventDefault();
  to.focus();
};

export function QueueKeys({ actions, onKey }) {
  const callback = useRef(onKey);
  callback.current = onKey;
  useEffect(() => {
    const press = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
      if (event.target.closest?.(TYPING) || isTurnedOff(event)) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") return goOn(event);
      const action = event.shiftKey ? undefined : actions[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      // Without a row under the keyboard, whoever the page has at hand for this action.
      const hand = (rowOf(event.target) ?? document.querySelector(`[data-at-hand~="${action}"]`))?.dataset;
      callback.current?.(action, hand?.row ?? hand?.of ?? "", Number(hand?.version || 0));
    };
    // The command palette presses keys there too, on nothing on the page.
    window.addEventListener("keydown", press);
    const noMore = window.holdfast.undoWith(() => callback.current?.("undo", "", 0));
    return () => {
      window.removeEventListener("keydown", press);
      noMore();
    };
  }, []);
  return null;
}
