// One practitioner's column: open time light, free starts as buttons, cards placed absolutely.
import { memo } from "react";
import {
  Ban, CalendarCheck, CircleCheck, ClipboardCheck, ClockAlert, DoorOpen, Hourglass, Layers2, Lock, Repeat, Ticket,
  UserCheck, UserX, Users,
} from "lucide-react";
import { Countdown } from "./clocks.jsx";
import { mayResize } from "./drag.jsx";
import { Flags, flagWords } from "./flags.jsx";
import { useStore } from "./store.js";
import { clock, span } from "./words.js";

const ICONS = {
  pending: Hourglass, booked: CalendarCheck, arrived: UserCheck, "checked-in": ClipboardCheck, "in-room": DoorOpen,
  fulfilled: CircleCheck, noshow: UserX, cancelled: Ban, session: Users,
};

const tall = (minutes) => `calc(${minutes} * var(--db-minute) - 1px)`;
const from = (minute) => `calc((${minute} - var(--db-from)) * var(--db-minute))`;

function place({ card, lane, lanes, aside, slim, squeezed }, end = card.end) {
  const box = { insetBlockStart: from(card.start), blockSize: tall(end - card.start) };
  if (slim) return { ...box, insetInlineEnd: `calc(${lane} * var(--db-slim))`, inlineSize: "var(--db-slim)" };
  if (aside) return { ...box, insetInlineEnd: 0, inlineSize: "34%" };
  const room = `(100% - ${squeezed ?? 0} * var(--db-slim))`;
  return { ...box, insetInlineStart: `calc(${lane / lanes} * ${room})`, inlineSize: `calc(${room} / ${lanes})` };
}

// What a screen reader hears of a card, and a pointer's tooltip.
function labelOf(card, { words, t_, time, service, status }) {
  if (card.status === "session") return t_(words.session, { time, service, status });
  const about = [service];
  if (card.extra) about.push(t_(words.extra));
  if (card.count) about.push(t_(words.seats, { taken: card.number, places: card.count }));
  if (card.ticket) about.push(t_(words.ticket, { n: card.ticket }));
  about.push(...flagWords(card.flags, words, t_));
  return t_(words.card, { time, patient: card.title, service: about.join(", "), status });
}

const Card = memo(function Card({ item, board, words, t_, scale, selected, moving, end, isRoom }) {
  const { card } = item;
  const Icon = ICONS[card.status] ?? CalendarCheck;
  const [, service, stripe] = board.services[card.service] ?? ["", "", 0];
  const time = span(board, card.start, card.end, t_.locale);
  const isSession = card.status === "session";
  const status = isSession ? t_(words.seats, { taken: card.seats, places: card.places }) : t_(words[card.status]);
  const label = labelOf(card, { words, t_, time, service, status });
  const height = (card.end - card.start) * scale;
  return (
    <button type="button" className="db-card" data-key={card.id} data-status={card.status} tabIndex={-1}
      data-lines={height < 34 ? 1 : height < 54 ? 2 : 3} aria-label={label} title={isSession ? label : undefined}
      data-aside={item.aside || undefined} data-slim={item.slim || undefined} aria-current={selected || undefined}
      data-moving={moving || undefined} data-takes={item.takes || undefined} data-narrow={item.lanes > 1 || undefined}
      data-series={card.count ? "" : undefined}
      data-sizing={end ? "" : undefined}
      style={{ ...place(item, end), "--db-stripe": `var(--service-${stripe})` }}>
      <span className="db-face">
        <span className="db-name" dir="auto">{card.title || service}</span>
        <span className="db-what">
          {card.extra ? <b className="db-extra"><Layers2 size={13} aria-hidden="true" />{t_(words.extra)}</b> : null}
          {isSession ? time : service}
        </span>
        <span className="db-when">{isSession ? "" : time}</span>
        <span className="db-state">
          <Flags flags={card.flags} words={words} t_={t_} />
          {card.count ? <Repeat size={13} aria-hidden="true" /> : null}
          {card.count ? <span className="db-number">{t_(words.seats, { taken: card.number, places: card.count })}</span> : null}
          {card.ticket ? <Ticket size={13} aria-hidden="true" /> : null}
          {card.ticket ? <span className="db-number">{card.ticket}</span> : null}
          <Icon size={13} strokeWidth={2} aria-hidden="true" />
          <span className="db-word">{status}</span>
          {card.until ? <Countdown until={card.until} /> : null}
        </span>
      </span>
      {isSession ? (
        <span className="db-fill" style={{ inlineSize: `${(100 * card.seats) / Math.max(1, card.places)}%` }} />
      ) : null}
      {mayResize(card) && !isRoom ? <span className="db-grip" aria-hidden="true" /> : null}
    </button>
  );
});

const Start = memo(function Start({ at, till, label, time, picked }) {
  return (
    <button type="button" className="db-start" data-key={`+${at}`} tabIndex={-1} aria-label={label}
      aria-current={picked || undefined} style={{ insetBlockStart: from(at), blockSize: tall(till - at) }}>
      <span className="db-plus" aria-hidden="true">{time}</span>
    </button>
  );
});

const Block = memo(function Block({ block, words, t_, time }) {
  const [id, , begin, end, reason] = block;
  const label = id ? t_(words.closed, { time, reason }) : `${time}, ${t_(words.leave)}`;
  return (
    <button type="button" className="db-block" data-key={`#${begin}`} tabIndex={-1} aria-label={label} title={label}
      style={{ insetBlockStart: from(begin), blockSize: tall(end - begin) }}>
      <span><Lock size={13} aria-hidden="true" /><span dir="auto">{id ? reason : t_(words.leave)}</span></span>
    </button>
  );
});

export const Column = memo(function Column({
  store, col, at, words, t_, scale, selected, picked, moving, past, band, size, mode,
}) {
  const board = useStore(store, store.day);
  const layout = useStore(store, () => store.layout(col));
  const column = store.columns()[col];
  const inRooms = mode === "rooms";
  if (!column) return null;
  const name = column[1] || t_(words.no_room);
  return (
    <div className="db-column" role="group" aria-label={t_(inRooms ? words.room_column : words.column, { name })}
      data-mode={mode} data-col={col} style={{ insetInlineStart: `calc(var(--db-gutter) + ${at} * var(--db-col))` }}>
      {layout.spans.map(([, begin, end]) => (
        <span key={begin} className="db-open"
          style={{ insetBlockStart: from(begin), blockSize: `calc(${end - begin} * var(--db-minute))` }} />
      ))}
      <span className="db-lines" />
      {layout.blocks.map((block) => (
        <Block key={block[0] || block[2]} block={block} words={words} t_={t_} time={span(board, block[2], block[3], t_.locale)} />
      ))}
      {band ? (
        <span className="db-band" style={{ insetBlockStart: from(band.from), blockSize: tall(band.to - band.from) }} />
      ) : null}
      {layout.starts.map((start) => {
        if (start.at < past) return null;
        const time = clock(board, start.at, t_.locale);
        return (
          <Start key={start.at} at={start.at} till={start.till} time={time} picked={picked === start.at}
            label={t_(words.start, { time, name })} />
        );
      })}
      {layout.items.map((item) => (
        <Card key={item.card.id} item={item} isRoom={mode === "rooms"} end={size?.id === item.card.id ? size.end : undefined} board={board} words={words} t_={t_} scale={scale}
          selected={selected === item.card.id} moving={moving === item.card.id} />
      ))}
    </div>
  );
});

export function ColumnHead({ store, col, at, words, t_, onColumn }) {
  const board = useStore(store, store.day);
  const layout = useStore(store, () => store.layout(col));
  const column = store.columns()[col];
  if (!column) return null;
  const [, named, detail, late] = column;
  const name = named || t_(words.no_room);
  const share = layout.worked ? Math.round((100 * (layout.worked - layout.free)) / layout.worked) : 0;
  return (
    <div className="db-head" style={{ insetInlineStart: `calc(var(--db-gutter) + ${at} * var(--db-col))` }}>
      {onColumn && store.mode !== "rooms" ? (
        <button type="button" className="db-who" dir="auto" title={t_(words.about, { name })} onClick={() => onColumn(column[0])}>
          {name}
        </button>
      ) : <span className="db-who" dir="auto">{name}</span>}
      <span className="db-detail">
        {late ? (
          <span className="db-late"><ClockAlert size={13} aria-hidden="true" />{t_(words.late, { n: late })}</span>
        ) : <span className="db-specialty">{detail}</span>}
        <span className="db-count">{t_.n("{n} appointment", "{n} appointments", layout.count)}</span>
      </span>
      <span className="db-share"><span style={{ inlineSize: `${share}%` }} /></span>
    </div>
  );
}
