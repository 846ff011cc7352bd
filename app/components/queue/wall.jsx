// The waiting room's display in the browser: whether what it shows still holds, the time of day, and the soft sound.
import { useEffect, useRef, useState } from "react";
import { useT } from "$/public/words.js";

// The server sends every 20 seconds, also when nothing has changed (app/state/arrivals_live.py).
const SILENCE = 45_000;
const ASK_EVERY = 5_000;

// What was shown before a silence or a lost line counts as lost until the server says anew what holds.
const useLost = (asOf, isCutOff) => {
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (asOf) setLost(false);
    const timer = setTimeout(() => setLost(true), SILENCE);
    return () => clearTimeout(timer);
  }, [asOf]);
  useEffect(() => {
    if (isCutOff) setLost(true);
  }, [isCutOff]);
  return isLost;
};

export function WallFrame({ asOf, isOpen, isCutOff, onAsk, children }) {
  const t_ = useT();
  const isLost = useLost(asOf, isCutOff);
  const ask = useRef(onAsk);
  ask.current = onAsk;
  useEffect(() => {
    if (!isLost || !isOpen || isCutOff) return undefined;
    const timer = setInterval(() => ask.current?.(), ASK_EVERY);
    return () => clearInterval(timer);
  }, [isLost, isOpen, isCutOff]);
  const isShown = isLost && isOpen;
  return (
    <div className="wall" data-lost={isShown ? "" : undefined}>
      {children}
      <section className="wall-lost" role="status">
        {isShown && (
          <>
            <p className="wall-quiet">{t_("This display is not connected right now")}</p>
            <p>{t_("It comes back by itself. Until then, please ask at the reception.")}</p>
          </>
        )}
      </section>
    </div>
  );
}

export function WallClock({ zone }) {
  const t_ = useT();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const ticker = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(ticker);
  }, []);
  return <time className="wall-clock figures">{zone ? t_.time(now.toISOString(), zone) : ""}</time>;
}
