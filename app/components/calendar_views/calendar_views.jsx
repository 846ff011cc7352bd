// Week, month and list on @event-calendar/core. The days come as messages (feed.js); this only draws them.
import { createCalendar, DayGrid, destroyCalendar, Interaction, List, TimeGrid } from "@event-calendar/core";
import "@event-calendar/core/index.css";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import {
  Ban, CalendarCheck, CircleCheck, ClipboardCheck, DoorOpen, Hourglass, UserCheck, UserX, Users,
} from "lucide-react";
import { useT } from "$/public/words.js";
import { beginAtNow } from "./coming.js";
import { cardContent, cardEvent, countEvent, targetEvent } from "./events.js";
import { applied, cardsOf, EMPTY, touches } from "./feed.js";
import { PeopleWeek } from "./people_week.jsx";
import { CardTable } from "./table.jsx";

const ICONS = {
  pending: Hourglass, booked: CalendarCheck, arrived: UserCheck, "checked-in": ClipboardCheck, "in-room": DoorOpen,
  fulfilled: CircleCheck, noshow: UserX, cancelled: Ban, session: Users,
};
const VIEWS = { week: "timeGridWeek", month: "dayGridMonth", list: "listWeek" };
const PATIENCE = 8000;
const ROLES = ["row", "rowgroup", "columnheader", "cell", "table", "list", "listitem", "button"]
  .map((role) => `[role="${role}"]:not(button, a)`).join();

// The zone's distance from UTC now, as the library takes it: for its "today" and the line of the present.
function offsetOf(zone) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(new Date());
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return name.replace("GMT", "").replace("−", "-") || "UTC";
}

const wall = (date) => {
  const two = (number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

// React draws the icons once; each card takes a copy.
function Icons({ into }) {
  return (
    <div hidden ref={into}>
      {Object.entries(ICONS).map(([name, Icon]) => (
        <span key={name} data-icon={name}><Icon size={13} strokeWidth={2} aria-hidden="true" /></span>
      ))}
    </div>
  );
}

function Waiting({ label }) {
  return (
    <div className="cv-waiting" role="status" aria-label={label}>
      {[0, 1, 2, 3, 4, 5, 6].map((at) => <span key={at} />)}
    </div>
  );
}

export function CalendarViews({
  feed, words: given, label, everywhere, asTable, selected, moving = "", targets, mayMove, people, onCard,
  onDay, onDrop, onAim, onPerson, onLost, onChanged,
}) {
  const t_ = useT();
  const [words] = useState(given);
  const [span, setSpan] = useState(EMPTY);
  const root = useRef(null);
  const box = useRef(null);
  const icons = useRef(null);
  const calendar = useRef(null);
  const drawn = useRef(new Map());
  const handlers = useRef({});
  const begun = useRef("");
  useLayoutEffect(() => {
    handlers.current = { onCard, onDay, onDrop, onAim, onLost, onChanged, selected, moving, t_, everywhere };
  });

  useEffect(() => {
    if (!feed || !Object.keys(feed).length) return;
    setSpan((old) => {
      const next = applied(old, feed);
      if (next === "gap") {
        queueMicrotask(() => handlers.current.onLost?.());
        return old;
      }
      // For the status bar, as the day board does.
      if (!feed.frame && next !== old) queueMicrotask(() => window.dispatchEvent(new Event("holdfast:change")));
      const chosen = handlers.current.selected;
      if (!feed.frame && touches(old, next, chosen)) queueMicrotask(() => handlers.current.onChanged?.(chosen));
      return next;
    });
  }, [feed]);
  const isHere = span.span !== null;
  useEffect(() => {
    if (isHere) return undefined;
    const timer = setInterval(() => handlers.current.onLost?.(), PATIENCE);
    return () => clearInterval(timer);
  }, [isHere]);

  const view = span.frame?.view;
  const zone = span.frame?.zone;
  const isCounted = span.kind === "counts";
  // Too many to show each, but for a month, which is always counted: by practitioner.
  const isByPerson = isCounted && view !== "month";
  const type = VIEWS[view];
  const isTable = isByPerson || (view === "list" && asTable);
  const cards = useMemo(() => cardsOf(span), [span]);
  const events = useMemo(() => {
    if (isCounted) return Object.entries(span.days).map(([one, counts]) => countEvent(one, counts));
    return cards.map((card) => cardEvent(card, { mayMove }));
  }, [span, isCounted, cards, mayMove]);
  const shown = useMemo(() => {
    const aims = moving && targets?.card === moving && view === "week" ? targets.starts.map(targetEvent) : [];
    return [...events, ...aims];
  }, [events, moving, targets, view]);
  const date = span.frame ? shownBy(span.frame) : undefined;

  useLayoutEffect(() => {
    if (!isHere || isTable || !box.current) return undefined;
    const first = new Date(`${span.frame.first}T12:00:00Z`).getUTCDay();
    const copy = (status) => icons.current?.querySelector(`[data-icon="${status}"]`)?.firstChild?.cloneNode(true) ?? null;
    const press = (one) => handlers.current.onDay?.(one);
    const watcher = new MutationObserver(() => plain(box.current));
    watcher.observe(box.current, { childList: true, subtree: true });
    const made = createCalendar(box.current, [TimeGrid, DayGrid, List, Interaction], {
      view: type,
      date,
      firstDay: first,
      locale: handlers.current.t_.locale,
      timeZone: offsetOf(zone),
      headerToolbar: { start: "", center: "", end: "" },
      height: "100%",
      allDaySlot: false,
      nowIndicator: true,
      slotDuration: "00:15",
      slotLabelInterval: "01:00",
      slotHeight: 23,
      snapDuration: "00:05",
      slotMinTime: "07:00",
      slotMaxTime: "19:00",
      scrollTime: "07:30",
      flexibleSlotTimeLimits: true,
      slotEventOverlap: false,
      eventTimeFormat: { timeStyle: "short" },
      slotLabelFormat: { timeStyle: "short" },
      displayEventEnd: true,
      eventDurationEditable: false,
      dayMaxEvents: false,
      dayHeaderFormat: type === "dayGridMonth" ? { weekday: "short" } : (one) => heading(one, handlers.current, press),
      noEventsContent: () => handlers.current.t_(words.nothing),
      eventContent: (info) => cardContent(info, { ...handlers.current, words, icons: copy }),
      eventClassNames: ({ event }) => (event.id === handlers.current.selected ? ["cv-selected"] : []),
      eventClick: ({ event }) => {
        const { card, day: one } = event.extendedProps;
        if (one) press(one);
        else if (card) handlers.current.onCard?.(card.id, card.kind);
      },
      dateClick: ({ date: at, allDay }) => {
        const { moving: moved } = handlers.current;
        if (moved && !allDay) handlers.current.onDrop?.(moved, wall(at));
        else press(wall(at).slice(0, 10));
      },
      eventDragStart: ({ event }) => handlers.current.onAim?.(event.id),
      eventDrop: ({ event, revert }) => {
        const at = wall(event.start);
        // Where it goes is for the server to say, and for the reader to confirm: until then it stays where it was.
        revert();
        handlers.current.onDrop?.(event.id, at);
      },
      events: [],
    });
    calendar.current = made;
    drawn.current = new Map();
    return () => {
      calendar.current = null;
      watcher.disconnect();
      destroyCalendar(made);
    };
    // A new view, zone or language is a new calendar; new days and cards are put into this one.
  }, [isHere, isTable, type, zone, t_.locale, span.frame?.first]);

  useLayoutEffect(() => {
    const made = calendar.current;
    if (!made) return;
    made.setOption("date", date);
    redraw(made, drawn, shown);
  }, [shown, date, type, isTable, isHere, zone, t_.locale, everywhere]);
  useLayoutEffect(() => {
    calendar.current?.setOption("eventClassNames", ({ event }) => (event.id === selected ? ["cv-selected"] : []));
  }, [selected, shown, isTable]);
  // Once for each list: what changes later leaves it where the reader scrolled it to.
  useEffect(() => {
    const list = view === "list" ? `${span.frame.first} ${isTable}` : "";
    if (begun.current === list || (list && !cards.length)) return;
    begun.current = list;
    // The library draws its events before the next frame.
    if (list) requestAnimationFrame(() => root.current && beginAtNow(root.current, { ...span, cards }));
  }, [view, span, isTable, cards]);
  useLayoutEffect(() => {
    if (moving) handlers.current.onAim?.(moving);
  }, [moving, span.frame?.first, view]);
  return (
    <div className="cv" ref={root} role="region" aria-label={label} data-view={view} data-kind={span.kind}
      data-moving={moving ? "" : undefined}>
      <Icons into={icons} />
      {isHere ? null : <Waiting label={t_(words.loading)} />}
      {isHere && !isCounted && view === "week" && cards.length === 0 ? (
        <p className="cv-note" role="status">{t_(words.empty)}</p>
      ) : null}
      {isByPerson ? (
        <PeopleWeek days={span.days} people={people ?? []} words={words} t_={t_} onPerson={onPerson} onDay={onDay} />
      ) : isTable ? (
        <CardTable cards={cards} words={words} t_={t_} everywhere={everywhere} selected={selected} icons={ICONS}
          onCard={(card) => handlers.current.onCard?.(card.id, card.kind)} />
      ) : <div className="cv-box" ref={box} />}
    </div>
  );
}

// A month's weeks begin in the month before, but their middle is always its own: the span alone says what to draw.
function shownBy({ view, first, length }) {
  const date = new Date(`${first}T12:00:00Z`);
  if (view === "month") date.setUTCDate(date.getUTCDate() + Math.floor(length / 2));
  return date.toISOString().slice(0, 10);
}

// A day's head is the way to its board.
function heading(date, { t_ }, press) {
  const iso = wall(date).slice(0, 10);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cv-head";
  button.textContent = new Intl.DateTimeFormat(t_.locale, { weekday: "short", day: "numeric", month: "short" }).format(date);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    press(iso);
  });
  return { domNodes: [button] };
}

// Put into the calendar what differs from what it draws.
function redraw(made, drawn, events) {
  const next = new Map(events.map((event) => [event.id, [JSON.stringify(event), event]]));
  const old = drawn.current;
  const changed = [...next].filter(([id, [text]]) => old.get(id) !== text);
  const gone = [...old.keys()].filter((id) => !next.has(id));
  if (changed.length + gone.length > 40) {
    made.setOption("events", events);
  } else {
    gone.forEach((id) => made.removeEventById(id));
    changed.forEach(([id, [, event]]) => (old.has(id) ? made.updateEvent(event) : made.addEvent(event)));
  }
  drawn.current = new Map([...next].map(([id, [text]]) => [id, text]));
}

// What the library says of its elements' roles is a table without cells and articles that are buttons: taken off, the
// headings, days and buttons in them tell what they are.
function plain(box) {
  if (!box) return;
  for (const one of box.querySelectorAll(ROLES)) {
    one.removeAttribute("role");
    one.removeAttribute("aria-colindex");
  }
  for (const one of box.querySelectorAll("article[tabindex]")) one.removeAttribute("tabindex");
  for (const one of box.querySelectorAll("h4:not([aria-level])")) {
    one.setAttribute("role", "heading");
    one.setAttribute("aria-level", "2");
  }
}
