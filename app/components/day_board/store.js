// The cards of one day, kept by id outside React: a message changes a few of them, and only the columns
// that they stand in are laid out and drawn again.
import { useSyncExternalStore } from "react";
import { layOut } from "./layout.js";

// Positions in a card's row as the server sends it (app/services/board/read.py writes the same order).
const CARD = ["id", "col", "start", "end", "from", "till", "status", "title", "service", "until", "seats",
  "places", "extra", "number", "count", "room", "flags", "ticket"];

// What of an item makes a card look as it does.
const PLACE = ["card", "lane", "lanes", "squeezed", "aside", "slim", "takes"];

const toCard = (row) => Object.fromEntries(CARD.map((name, at) => [name, row[at]]));

// The server's clock as the last day told it.
export const serverClock = { offset: 0, now: () => Date.now() + serverClock.offset };

export class BoardStore {
  constructor() {
    this.board = null;
    this.seq = 0;
    this.cards = new Map();
    this.layouts = [];
    this.items = new Map();
    this.listeners = new Set();
    this.timer = null;
    this.changes = 0;
    this.targets = null;
    this.moving = "";
    this.mode = "people";
    this.rooms = [];
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  day = () => this.board;

  // Another number whenever anything on the board changed.
  version = () => this.changes;

  now = serverClock.now;

  minuteNow = () => (this.board ? (this.now() - this.board.start) / 60000 : 0);

  // The columns as they are shown: practitioners, or rooms with one more for what has no room.
  columns = () => (this.mode === "rooms" ? this.rooms : this.board?.columns ?? []);

  show(mode) {
    if (mode === this.mode) return;
    this.mode = mode;
    this.layouts = [];
    this.notify();
  }

  colOf = (card) => {
    if (!card) return undefined;
    if (this.mode !== "rooms") return card.col;
    return card.room < 0 ? this.rooms.length - 1 : card.room;
  };

  columnOf = (id) => this.colOf(this.cards.get(id)) ?? -1;

  // How long a slot is where something stands: what lengths and blocked time go by.
  stepAt = (col, minute) => {
    if (this.mode === "rooms") return 15;
    const spans = this.board.spans.filter((span) => span[0] === col);
    return (spans.find(([, begin, end]) => minute >= begin && minute < end) ?? spans[0])?.[3] ?? 15;
  };

  // The beginning of the slot in which a minute lies; outside open time, of the quarter of an hour or what a slot is.
  slotAt = (col, minute) => {
    const span = this.board.spans.find(([at, begin, end]) => at === col && minute >= begin && minute < end);
    const base = span ? span[1] : 0;
    const step = this.stepAt(col, minute);
    return base + Math.floor((minute - base) / step) * step;
  };

  // Until when a card may last: to the end of the open time, to the next one in its column, its buffer kept.
  longest = (card) => {
    const span = this.board.spans.find(([col, begin, end]) => col === card.col && card.from >= begin && card.from < end);
    let end = span ? span[2] : card.till;
    for (const other of this.cards.values()) {
      const isInWay = other.col === card.col && other.id !== card.id && other.from >= card.till;
      if (isInWay && other.status !== "cancelled" && other.status !== "noshow") end = Math.min(end, other.from);
    }
    return end - (card.till - card.end);
  };

  kindOf = (id) => (this.cards.get(id)?.status === "session" ? "session" : "visit");

  // What stands in a column: the same object until something in it changes.
  layout = (col) => {
    this.layouts[col] ??= this.compute(col);
    return this.layouts[col];
  };

  compute(col) {
    const here = [];
    for (const card of this.cards.values()) if (this.colOf(card) === col) here.push(card);
    // While the columns change from rooms to people, one is asked for that there no longer is.
    const person = this.mode === "rooms" ? null : this.board.columns[col]?.[0];
    const spans = person ? this.board.spans.filter((span) => span[0] === col) : [];
    const blocks = person ? this.board.blocks.filter((block) => block[1] === col) : [];
    const aims = person && this.targets ? this.targets.starts[person] ?? [] : null;
    const layout = layOut(here, spans, this.now(), aims, blocks);
    return { ...layout, items: layout.items.map(this.settle) };
  }

  // A card that stands as it stood keeps its very item: then it is not drawn again.
  settle = (item) => {
    const { id } = item.card;
    const now = this.targets?.sessions.includes(id) ? { ...item, takes: true } : item;
    const before = this.items.get(id);
    const isSame = before && PLACE.every((name) => before[name] === now[name]);
    if (!isSame) this.items.set(id, now);
    return isSame ? before : now;
  };

  // While a card is moved, the free starts give way to those that it may go to: by practitioner, and sessions.
  aim(targets, moving = "") {
    if (targets === this.targets && moving === this.moving) return;
    this.targets = targets;
    this.moving = moving;
    this.layouts = [];
    this.notify();
  }

  // While a card is moved, the keyboard goes over the places that can take it, and itself.
  reaches = ({ key }) => !this.targets || key[0] === "+" || key === this.moving || this.targets.sessions.includes(key);

  takes = (id) => !this.targets || this.targets.sessions.includes(id);

  // What takes a card that is let go here: a session under it, or the start in whose time it lies; else nothing.
  placeAt({ person, key, minute }) {
    const card = this.cards.get(key);
    if (card) return this.kindOf(key) === "session" && this.takes(key) ? key : "";
    const col = this.board.columns.findIndex(([id]) => id === person);
    const starts = col < 0 ? [] : this.layout(col).starts;
    const start = starts.find(({ at }) => key === `+${at}`) ?? starts.find(({ at, till }) => minute >= at && minute < till);
    return start ? `+${start.at}` : "";
  }

  // Take a message. Returns "gap" when something before it was missed, so that the caller asks for the day.
  apply(feed) {
    if (feed?.day) return this.open(feed);
    if (!this.board || feed?.board !== this.board.key) return "ignored";
    const news = (feed.changes ?? []).filter((change) => change.seq > this.seq);
    if (news.length === 0) return "ignored";
    if (news[0].seq !== this.seq + 1) return "gap";
    for (const change of news) this.patch(change);
    this.notify();
    return "applied";
  }

  open(feed) {
    if (this.board?.key === feed.board && feed.seq === this.seq && this.stamp === feed.stamp) return "ignored";
    this.board = { ...feed.day, key: feed.board };
    this.seq = feed.seq;
    this.stamp = feed.stamp;
    serverClock.offset = feed.day.now - Date.now();
    this.cards = new Map(feed.day.cards.map((row) => [row[0], toCard(row)]));
    this.board.cards = null;
    this.items.clear();
    this.rooms = [...this.board.rooms.map(([id, name]) => [id, name, ""]), ["", "", ""]];
    this.layouts = [];
    this.notify();
    return "opened";
  }

  patch(change) {
    this.seq = change.seq;
    for (const id of change.gone ?? []) {
      this.forget(this.colOf(this.cards.get(id)));
      this.cards.delete(id);
    }
    for (const row of change.cards ?? []) {
      this.forget(this.colOf(this.cards.get(row[0])));
      this.cards.set(row[0], toCard(row));
      this.forget(this.colOf(this.cards.get(row[0])));
    }
    if (change.spans) {
      this.board = { ...this.board, spans: change.spans };
      this.layouts = [];
    }
  }

  forget(col) {
    if (col !== undefined) delete this.layouts[col];
  }

  notify() {
    this.changes += 1;
    for (const listener of this.listeners) listener();
    this.watchHolds();
  }

  // A hold that runs out frees its time at that moment, whether or not the server has swept it yet.
  watchHolds() {
    clearTimeout(this.timer);
    let next = Infinity;
    for (const card of this.cards.values()) {
      if (card.until && card.until > this.now()) next = Math.min(next, card.until);
    }
    if (next === Infinity) return;
    const wait = Math.min(next - this.now() + 50, 2 ** 31 - 1);
    this.timer = setTimeout(() => {
      for (const card of this.cards.values()) {
        if (card.until && card.until <= this.now()) this.forget(this.colOf(card));
      }
      this.notify();
    }, wait);
  }

  close = () => clearTimeout(this.timer);
}

// Read something of the store in a component; it draws again when that something is another object.
export const useStore = (store, read) => useSyncExternalStore(store.subscribe, read, read);
