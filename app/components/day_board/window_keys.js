// The keys that work wherever the focus is; the listener is put up once and asks for what is drawn now.
import { useEffect } from "react";
import { isTurnedOff } from "$/public/letters.js";
import { actionKey, clipboardKey, dayKey, leavesPane } from "./keys.js";

export function useWindowKeys({ inside, frame, act, handlers }) {
  useEffect(() => {
    const onWindowKey = (event) => {
      if (isTurnedOff(event)) return;
      if (leavesPane(event)) {
        handlers.current.onLeave?.();
        frame.current?.querySelector('[data-key][tabindex="0"]')?.focus();
        return;
      }
      const move = dayKey(event);
      const isOnBoard = inside.current && frame.current?.contains(document.activeElement);
      const action = move ? null : (isOnBoard && clipboardKey(event)) || actionKey(event);
      if (!move && !action) return;
      event.preventDefault();
      if (move) handlers.current.onDay?.(move);
      else act.current(action);
    };
    window.addEventListener("keydown", onWindowKey);
    // A notice's own button (assets/words.js): the server knows what was done last.
    const noMore = window.holdfast.undoWith(() => handlers.current.onUndo?.());
    return () => {
      window.removeEventListener("keydown", onWindowKey);
      noMore();
    };
  }, []);
}
