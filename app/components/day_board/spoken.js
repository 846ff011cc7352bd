// What is said aloud of a move, beside what the focus says by itself: picked up, where it is, dropped, left.
import { useCallback, useEffect, useRef, useState } from "react";

const wordOf = (words, what) => words[`said_${what}`];

export function useSpoken(store, { moving, words, t_ }) {
  const [spoken, setSpoken] = useState("");
  const last = useRef("");
  const speak = useCallback((what, values) => setSpoken(t_(wordOf(words, what), values)), [t_, words]);
  useEffect(() => {
    const patient = store.cards.get(moving || last.current)?.title ?? "";
    if (moving) speak("picked", { patient });
    else if (last.current) speak("left", { patient });
    last.current = moving;
  }, [moving]);
  return { spoken, speak };
}
