// Moving a card: ask the server where it may go, again whenever the day or anything on it has changed.
import { useEffect, useLayoutEffect, useRef } from "react";
import { useStore } from "./store.js";

// A burst of changes is asked about once.
const SETTLE = 120;
const NOWHERE = { starts: {}, sessions: [] };

// Returns whether the server has said where the moved card may go.
export function useAim(store, { moving, targets, ask }) {
  const board = useStore(store, store.day);
  // Aiming itself is told as a change as well; the server's own changes are what counts here.
  const asked = moving && board ? `${moving} ${board.key} ${store.seq}` : "";
  useEffect(() => {
    if (!asked) return undefined;
    const timer = setTimeout(() => ask(board.id), SETTLE);
    return () => clearTimeout(timer);
  }, [asked]);
  const isAnswer = targets?.card === moving && targets?.day === board?.id;
  useLayoutEffect(() => {
    store.aim(moving ? (isAnswer ? targets : NOWHERE) : null, moving);
  }, [store, moving, isAnswer, targets, board?.key]);
  return Boolean(moving) && isAnswer;
}

// A card is let go: what it lands on is judged by where the server says that it may go. A quick hand lets go before
// that is known, so the drop is kept until then; whoever does something else meanwhile has changed their mind.
export function useDrop(store, { moving, isAimed, land }) {
  const kept = useRef(null);
  useEffect(() => {
    const forget = () => { kept.current = null; };
    const deeds = ["pointerdown", "keydown"];
    for (const deed of deeds) window.addEventListener(deed, forget, true);
    return () => deeds.forEach((deed) => window.removeEventListener(deed, forget, true));
  }, []);
  useEffect(() => {
    const drop = kept.current;
    if (!drop || !isAimed || drop.id !== moving) return;
    kept.current = null;
    const key = drop.day === store.board.id && store.placeAt(drop);
    if (key) land(store.board.columns.findIndex(([id]) => id === drop.person), key);
  }, [moving, isAimed]);
  return ({ id, col, key, minute }) => {
    const drop = { id, key, minute, day: store.board.id, person: store.board.columns[col][0] };
    if (!isAimed || id !== moving) kept.current = drop;
    else if (store.placeAt(drop)) land(col, store.placeAt(drop));
  };
}
