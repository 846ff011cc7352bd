// The board's look: Radix tokens and the theme's status palette only, logical sides only.

const status = (name, scale) => `
.db-card[data-status="${name}"] {
  --db-bg: var(--status-${name}-bg, var(--${scale}-3));
  --db-ink: var(--status-${name}-fg, var(--${scale}-11));
  --db-line: color-mix(in srgb, var(--status-${name}-edge, var(--${scale}-8)) 55%, transparent);
}`;

const SCALES = {
  pending: "gray", booked: "blue", arrived: "amber", "checked-in": "amber", "in-room": "teal", fulfilled: "green",
  noshow: "red", cancelled: "gray", session: "indigo",
};

const STRIPES = ["gray", "iris", "orange", "cyan", "plum", "grass", "ruby", "bronze", "sky"];

export const STYLE = `
.db {
  ${STRIPES.map((scale, at) => `--service-${at}: var(--${scale}-9);`).join(" ")}
  --db-open: var(--color-panel-solid);
  --db-closed: var(--gray-3);
  --db-hatch: var(--gray-a3);
  --db-slim: 30px;
  position: relative; display: flex; min-block-size: 0; block-size: 100%; inline-size: 100%; overflow: hidden;
  font-size: 13px; line-height: 1.25; color: var(--gray-12); background: var(--db-closed);
  font-variant-numeric: tabular-nums;
}
.dark .db, .dark-theme .db { --db-closed: var(--gray-1); --db-open: var(--gray-3); --db-hatch: var(--gray-a2); }
.db-scroll {
  flex: 1; overflow: auto; overscroll-behavior: contain; scrollbar-width: thin;
  scroll-padding: 64px 8px 8px; scroll-padding-inline-start: calc(var(--db-gutter) + 4px);
  scrollbar-color: var(--gray-7) transparent;
}
.db-canvas { position: relative; inline-size: calc(var(--db-gutter) + var(--db-columns) * var(--db-col)); }
.db-top {
  position: sticky; inset-block-start: 0; z-index: 6; block-size: 56px; background: var(--db-open);
  border-block-end: 1px solid var(--gray-6);
}
.db-corner {
  position: sticky; inset-inline-start: 0; z-index: 2; inline-size: var(--db-gutter); block-size: 55px;
  display: flex; align-items: flex-end; justify-content: flex-end; padding: 0 8px 8px; background: var(--db-open);
  font-size: 11px; color: var(--gray-11); border-inline-end: 1px solid var(--gray-6);
}
.db-head {
  position: absolute; inset-block: 0; inline-size: var(--db-col); padding: 8px 10px 0; display: flex;
  flex-direction: column; gap: 2px; border-inline-end: 1px solid var(--gray-6); overflow: hidden;
}
button.db-who { padding: 0; border: 0; background: none; color: inherit; font-family: inherit; text-align: start; cursor: pointer; }
button.db-who:hover { text-decoration: underline; text-underline-offset: 0.2em; }
.db-who { font-weight: 600; font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
/* A name keeps its own direction, so that it is its end that is cut off, and stands where the page's text begins. */
.db-who, .db-name { text-align: match-parent; }
.db-detail { display: flex; gap: 8px; justify-content: space-between; font-size: 12px; color: var(--gray-11); }
.db-late { display: inline-flex; align-items: center; gap: 4px; color: var(--amber-11); font-weight: 500; }
.db-specialty { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.db-count { flex: none; }
.db-share { position: absolute; inset-inline: 0; inset-block-end: 0; block-size: 3px; background: var(--gray-a3); }
.db-share span { display: block; block-size: 100%; background: var(--accent-9); }
.db-body { position: relative; margin-block: 10px 24px; block-size: calc(var(--db-span) * var(--db-minute)); }
.db-gutter {
  position: sticky; inset-inline-start: 0; z-index: 5; inline-size: var(--db-gutter); block-size: 100%;
  background: var(--db-open); border-inline-end: 1px solid var(--gray-6);
  box-shadow: 0 -10px var(--db-open), 0 24px var(--db-open);
}
.db-gutter span {
  position: absolute; inset-inline-end: 8px; transform: translateY(-50%); font-size: 11px; color: var(--gray-11);
  white-space: nowrap;
}
.db-lines {
  position: absolute; inset: 0; pointer-events: none;
  background-image: linear-gradient(var(--gray-a5) 1px, transparent 1px),
    linear-gradient(var(--gray-a3) 1px, transparent 1px);
  background-size: 100% calc(60 * var(--db-minute)), 100% calc(15 * var(--db-minute));
}
.db-column {
  position: absolute; inset-block: 0; inline-size: var(--db-col); border-inline-end: 1px solid var(--gray-6);
  background: repeating-linear-gradient(135deg, transparent 0 6px, var(--db-hatch) 6px 7px), var(--db-closed);
  contain: layout size style;
}
.db-open { position: absolute; inset-inline: 0; background: var(--db-open); }
.db-start {
  position: absolute; inset-inline: 0; z-index: 2; padding: 0 10px; border: 0; background: transparent;
  color: var(--accent-12); font: inherit; font-size: 12px; text-align: start; cursor: pointer; border-radius: 3px;
}
.db-plus { opacity: 0; }
.db-start:hover:not(:disabled) { background: var(--accent-a3); box-shadow: inset 0 0 0 1px var(--accent-a6); }
.db-start:hover .db-plus, .db-start:focus-visible .db-plus, .db-start[aria-current] .db-plus { opacity: 1; }
.db-start[aria-current] { background: var(--accent-a4); box-shadow: inset 0 0 0 1.5px var(--accent-9); }
/* While a card is moved, only where it may go is light; itself stays where it is, as a shadow. */
.db[data-moving] .db-open { background: color-mix(in srgb, var(--db-open) 35%, var(--db-closed)); }
.db[data-moving] .db-start {
  z-index: 4; background: var(--accent-a3); box-shadow: inset 0 0 0 1px var(--accent-a6);
}
.db[data-moving] .db-start:hover { background: var(--accent-a5); }
.db[data-moving] .db-start[aria-current] { background: var(--accent-a6); box-shadow: inset 0 0 0 2px var(--accent-9); }
/* Dim by quieter colours that are still read, never by fading the words. */
.db[data-moving] [data-mode="people"] .db-card:not([data-takes]) .db-face {
  --db-bg: var(--db-closed); --db-ink: var(--gray-11); --db-line: var(--gray-5); color: var(--gray-11);
}
.db[data-moving] [data-mode="people"] .db-card:not([data-takes]) .db-face::before { background: var(--gray-6); }
.db[data-moving] .db-card[data-moving] { pointer-events: none; }
.db-ghost {
  position: fixed; inset: 0 auto auto 0; z-index: 20; padding: 4px 10px;
  max-inline-size: 220px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; pointer-events: none;
  font-weight: 600; border-radius: 5px; background: var(--accent-9); color: var(--accent-contrast);
  box-shadow: var(--shadow-4);
}
.db-card[data-moving] .db-face { border-style: dashed; }
.db-card {
  position: absolute; z-index: 3; padding: 1px 3px 0 2px; border: 0; background: transparent; text-align: start;
  font: inherit; cursor: pointer; overflow: visible;
}
.db-face {
  position: relative; display: grid; block-size: 100%; overflow: hidden; align-content: start; column-gap: 6px;
  padding: 2px 6px; padding-inline-start: 9px; border: 1px solid var(--db-line); border-radius: 5px;
  background: var(--db-bg); color: var(--gray-12);
  grid-template: "name state" auto "when what" auto / minmax(0, 1fr) auto;
}
.db-face::before {
  content: ""; position: absolute; inset-block: 0; inset-inline-start: 0; inline-size: 4px;
  background: var(--db-stripe);
}
.db-name { grid-area: name; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.db-state {
  grid-area: state; display: inline-flex; align-items: center; gap: 4px; font-size: 12px; color: var(--db-ink);
  white-space: nowrap;
}
.db-state svg { flex: none; }
.db-when, .db-what {
  font-size: 12px; color: var(--db-ink); overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
.db-card[data-lines="1"] .db-face { align-content: center; padding-block: 0; }
.db-card[data-lines="1"] :is(.db-when, .db-what) { display: none; }
.db-card[data-lines="2"] .db-face, .db-card[data-lines="3"] .db-face {
  grid-template: "name state" auto "what what" auto "when when" 1fr / minmax(0, 1fr) auto;
}
.db-card[data-lines="2"] .db-when { display: none; }
.db-card[data-lines="2"] .db-what, .db-card[data-lines="3"] .db-what { grid-area: what; }
.db-card[data-lines="3"] .db-when { grid-area: when; }
.db-left { font-weight: 600; }
.db-extra {
  display: inline-flex; align-items: center; gap: 3px; margin-inline-end: 6px; font-weight: 600; vertical-align: bottom;
}
.db-extra svg { flex: none; }
/* Beside another card there is no room for the status' word: its icon, its colour and the label tell it. */
.db-card[data-narrow] :is(.db-word, .db-number), .db-card[data-lines="1"][data-series] .db-word { display: none; }
.db-card[data-narrow]:is(:hover, :focus-visible) { min-inline-size: 92%; z-index: 5; }
.db-card[data-narrow]:is(:hover, :focus-visible) .db-word { display: inline; }
.db-card[data-lines="1"]:has(.db-extra) .db-what { display: block; grid-area: auto; }
.db-fill { position: absolute; inset-block-end: 2px; inset-inline-start: 6px; max-inline-size: calc(100% - 10px);
  block-size: 3px; border-radius: 2px; background: var(--db-ink); opacity: 0.55; }
.db-card[data-status="pending"] .db-face { border-style: dashed; border-width: 1.5px; background: var(--db-bg); }
.db-card[data-status="cancelled"] .db-name { text-decoration: line-through; font-weight: 400; }
.db-card[data-aside] .db-state .db-word { display: none; }
.db-card[data-slim]:not(:hover, :focus-visible) :is(.db-name, .db-what, .db-when) { display: none; }
.db-card[data-slim]:not(:hover, :focus-visible) .db-face {
  grid-template: "state" auto / 1fr; column-gap: 0; padding-inline: 7px 0; justify-items: start;
}
.db-card[data-aside]:is(:hover, :focus-visible) { inline-size: 96% !important; z-index: 4; }
.db-card[data-aside]:is(:hover, :focus-visible) .db-word { display: inline; }
.db-card:hover .db-face { border-color: var(--db-ink); }
.db-card[aria-current] { z-index: 4; }
.db-card[aria-current] .db-face { box-shadow: 0 0 0 2px var(--accent-9); border-color: transparent; }
.db :is(.db-card, .db-start):focus-visible { outline: 2px solid var(--focus-8); outline-offset: -1px; z-index: 4; }
.db-now {
  position: absolute; inset-inline: 0; z-index: 4; block-size: 0; pointer-events: none;
  border-block-start: 2px solid var(--house-danger);
}
.db-gutter b {
  position: absolute; inset-inline: 4px 0; padding: 2px 0; border-radius: 9px; border-end-end-radius: 0;
  transform: translateY(-50%); font-size: 11px; font-weight: 600; background: var(--house-danger); color: var(--house-on-danger);
  text-align: center; white-space: nowrap;
}
.db-empty { margin: 15% auto; padding: 0 24px; max-inline-size: 44ch; text-align: center; color: var(--gray-11); }
.db-waiting { display: flex; gap: 12px; padding: 64px 12px 12px 72px; }
.db-waiting div { flex: 1; display: grid; gap: 12px; }
.db-waiting span { block-size: 56px; border-radius: 5px; background: var(--gray-a3); }
@media (max-width: 620px) {
  .db-scroll { scroll-snap-type: x mandatory; scroll-padding-inline-start: var(--db-gutter); }
  .db-column { scroll-snap-align: start; }
}
@media (forced-colors: active) {
  .db-face { border: 1px solid CanvasText; }
  .db-now { border-color: Highlight; }
}
${Object.entries(SCALES).map(([name, scale]) => status(name, scale)).join("")}
`;
