// What stands around the columns: the hours at the side, the minute that it is, and the shape of a day that is coming.
import { useEffect, useState } from "react";
import { clock } from "./words.js";

export function Gutter({ board, t_, from, to, now }) {
  const hours = [];
  for (let minute = Math.ceil(from / 60) * 60; minute < to; minute += 60) hours.push(minute);
  return (
    <div className="db-gutter" aria-hidden="true">
      {hours.map((minute) => (
        <span key={minute} style={{ insetBlockStart: `calc((${minute} - var(--db-from)) * var(--db-minute))` }}>
          {clock(board, minute, t_.locale)}
        </span>
      ))}
      {now === null ? null : (
        <b style={{ insetBlockStart: `calc((${now} - var(--db-from)) * var(--db-minute))` }}>
          {clock(board, now, t_.locale)}
        </b>
      )}
    </div>
  );
}

export function useMinute(store) {
  const [minute, setMinute] = useState(() => store.minuteNow());
  useEffect(() => {
    const timer = setInterval(() => setMinute(store.minuteNow()), 15000);
    const stop = store.subscribe(() => setMinute((old) => (Math.abs(old - store.minuteNow()) > 0.2 ? store.minuteNow() : old)));
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [store]);
  return minute;
}

// Nothing to show: nobody works, or nobody of those who do is chosen.
export function Empty({ store, words, t_, onEverybody }) {
  const isHidden = store.columns().length > 0;
  return (
    <div className="db-empty" role="status">
      <p>{t_(isHidden ? words.all_hidden : words.empty)}</p>
      {isHidden ? (
        <button type="button" className="db-do" onClick={() => onEverybody?.()}>{t_(words.everybody)}</button>
      ) : null}
    </div>
  );
}

export function Waiting({ label }) {
  return (
    <div className="db-waiting" role="status" aria-label={label}>
      {[0, 1, 2, 3].map((at) => (
        <div key={at}>{[0, 1, 2, 3, 4].map((row) => <span key={row} />)}</div>
      ))}
    </div>
  );
}
