// The status bar's news: when this page last heard of a change, and how many messages could not be sent.
import { useEffect, useRef, useState } from "react";
import { useT } from "$/public/words.js";

const ASK_EVERY = 60_000;

export function StatusNews({ unsent, heard, zone, onTick }) {
  const t_ = useT();
  const [changed, setChanged] = useState("");
  const tick = useRef(onTick);
  tick.current = onTick;
  const last = useRef(null);
  useEffect(() => {
    if (!heard || !Object.keys(heard).length) return;
    const text = JSON.stringify(heard);
    if (last.current !== null && last.current !== text) setChanged(new Date().toISOString());
    last.current = text;
  }, [heard]);
  useEffect(() => {
    const note = () => setChanged(new Date().toISOString());
    window.addEventListener("holdfast:change", note);
    tick.current?.();
    const timer = setInterval(() => tick.current?.(), ASK_EVERY);
    return () => {
      window.removeEventListener("holdfast:change", note);
      clearInterval(timer);
    };
  }, []);
  return (
    <>
      {changed && (
        <span className="shell-count shell-changed figures">
          {t_("Last change {time}", { time: t_.time(changed, zone) })}
        </span>
      )}
      {unsent > 0 && (
        <span className="shell-count warning figures" role="status">
          {t_.n("{n} message not sent", "{n} messages not sent", unsent)}
        </span>
      )}
    </>
  );
}
