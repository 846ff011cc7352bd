// A schedule's week: columns Monday to Sunday, blocks are weekly rules. The server keeps the draft; here a block is
// only ahead of it while a key is still being pressed.
import { useEffect, useRef, useState } from "react";
import { useT } from "$/public/words.js";
import { Block, place } from "./block.jsx";
import { DAYS, clock, hoursOf, laid, moved, resized, span, weekdayIso } from "./clockwork.js";
import { usePointer } from "./pointer.js";

// A key that is pressed several times is sent once.
const SETTLE = 350;

function useKeys(shown, { step, say, send, remove }) {
  const [ahead, setAhead] = useState({});
  const timer = useRef(null);
  const unsent = useRef(null);
  useEffect(() => setAhead(unsent.current ? { [unsent.current.id]: unsent.current } : {}), [shown]);
  // Also at once when the keyboard or the pointer goes elsewhere: what is done there comes after it.
  const settle = () => {
    clearTimeout(timer.current);
    if (unsent.current) send(unsent.current);
    unsent.current = null;
  };
  const blocks = shown.map((block) => ahead[block.id] ?? block);
  const onKeyDown = (event, block) => {
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(block.id);
      return;
    }
    const turn = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const minutes = { ArrowUp: -step, ArrowDown: step }[event.key] ?? 0;
    const days = ({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0) * turn;
    if ((!minutes && !days) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = event.shiftKey && minutes
      ? resized(block, { edge: "ends", minute: block.ends + minutes, step })
      : moved(block, { days, minutes });
    setAhead((before) => ({ ...before, [block.id]: next }));
    say(next);
    if (unsent.current?.id !== next.id) settle();
    unsent.current = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, SETTLE);
  };
  return { blocks, onKeyDown, settle };
}

function Hours({ range: [from, to], t_ }) {
  const hours = [];
  for (let minute = from; minute < to; minute += 60) hours.push(minute);
  return (
    <div className="wk-hours" aria-hidden="true">
      {hours.map((minute) => (
        <span key={minute} style={{ insetBlockStart: `${(100 * (minute - from)) / (to - from)}%` }}>
          {clock(minute, t_.locale)}
        </span>
      ))}
    </div>
  );
}

export function WeekPlan({ blocks: shown, words, label, selected, step, onDraw, onChange, onOpen, onRemove }) {
  const t_ = useT();
  const root = useRef(null);
  const [said, setSaid] = useState("");
  const focused = useRef("");
  const send = (block) => onChange(block.id, block.weekday, block.starts, block.ends);
  const say = (block) => {
    const day = t_.date(weekdayIso(block.weekday), "", "weekday");
    focused.current = block.id;
    setSaid(t_(words.moved, { day, time: span(block, t_.locale) }));
  };
  const { blocks, onKeyDown, settle } = useKeys(shown, { step, say, send, remove: onRemove });
  const range = hoursOf(blocks);
  const finish = (kind, block) => (kind === "draw" ? onDraw(block.weekday, block.starts, block.ends) : send(block));
  const find = (id) => blocks.find((block) => block.id === id);
  const { ghost, onPointerDown } = usePointer(range, { step, find, finish });
  // A block that changes its column is another element: the keyboard stays on it.
  useEffect(() => {
    if (!focused.current || root.current?.contains(document.activeElement)) return;
    root.current?.querySelector(`[data-block="${CSS.escape(focused.current)}"]`)?.focus();
  }, [blocks]);

  return (
    // It scrolls on narrow windows, so the keyboard can reach it.
    <section className="wk" aria-label={label} ref={root} onPointerDown={onPointerDown} onBlur={settle} tabIndex={0}
      style={{ "--wk-hours": (range[1] - range[0]) / 60 }}>
      <p id="wk-keys" hidden>{t_(words.keys)}</p>
      <span className="visually-hidden" role="status">{said}</span>
      <div className="wk-corner" aria-hidden="true" />
      {DAYS.map((weekday) => (
        <div key={weekday} className="wk-head" id={`wk-day-${weekday}`}>{t_.date(weekdayIso(weekday), "", "weekday")}</div>
      ))}
      <Hours range={range} t_={t_} />
      {DAYS.map((weekday) => (
        <div key={weekday} className="wk-day" role="group" data-weekday={weekday}
          aria-label={t_(words.day, { day: t_.date(weekdayIso(weekday), "", "weekday") })}>
          {laid(blocks.filter((block) => block.weekday === weekday)).map((item) => (
            <Block key={item.block.id} item={item} range={range} t_={t_} words={words} step={step}
              selected={selected === item.block.id} onKeyDown={onKeyDown} onOpen={onOpen} />
          ))}
          {ghost?.weekday === weekday ? (
            <div className="wk-ghost" aria-hidden="true" style={place({ block: ghost, lane: 0, lanes: 1 }, range)}>
              {span(ghost, t_.locale)}
            </div>
          ) : null}
        </div>
      ))}
    </section>
  );
}
