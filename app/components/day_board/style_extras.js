// The look of what comes up over the board: blocked time, menu, hover card, parking strip, table.

export const EXTRAS = `
.db { flex-direction: column; }
.db-spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.db-block {
  position: absolute; inset-inline: 0; z-index: 2; padding: 3px 8px; border: 0; text-align: start; display: flex; align-items: flex-start; font: inherit; font-size: 12px;
  color: var(--gray-12); cursor: pointer; overflow: hidden;
  background: repeating-linear-gradient(135deg, var(--gray-a5) 0 4px, transparent 4px 10px), var(--db-closed);
  border-inline-start: 3px solid var(--gray-8);
}
.db-block > span {
  display: inline-flex; align-items: center; gap: 5px; max-inline-size: 100%; padding: 1px 6px; border-radius: 4px;
  background: var(--db-closed);
}
.db-block > span > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.db-block svg { flex: none; }
.db .db-block:focus-visible { outline: 2px solid var(--focus-8); outline-offset: -2px; z-index: 4; }
.db-band {
  position: absolute; inset-inline: 2px; z-index: 4; pointer-events: none; border-radius: 4px; background: var(--accent-a4);
  box-shadow: inset 0 0 0 2px var(--accent-9);
}
.db-grip { position: absolute; inset-inline: 6px; inset-block-end: 0; block-size: 7px; cursor: ns-resize; touch-action: none; }
.db-card:hover .db-grip::after {
  content: ""; position: absolute; inset-inline: calc(50% - 12px); inset-block-end: 2px; block-size: 3px; border-radius: 2px;
  background: var(--db-ink);
}
.db-card[data-sizing] { z-index: 5; }
.db-card[data-sizing] .db-face { box-shadow: 0 0 0 2px var(--accent-9); }
.db-card, .db-start, .db-column { touch-action: pan-x pan-y; -webkit-touch-callout: none; user-select: none; }
.db-ghost small { display: block; font-weight: 400; font-size: 12px; white-space: normal; }
.db-ghost { max-inline-size: 300px; }
.db-flags { display: inline-flex; align-items: center; gap: 3px; color: var(--gray-12); }
.db-flags [data-flag="flag_alert"], .db-flags [data-flag="flag_referral"] { color: var(--red-11); }
.db-flags > span { display: inline-flex; align-items: center; gap: 4px; }
.db-flags[data-named] { flex-wrap: wrap; gap: 4px 10px; font-size: 12px; }
.db-card[data-slim] .db-flags { display: none; }
.db-menu, .db-peek {
  position: fixed; z-index: 30; background: var(--color-panel-solid); color: var(--gray-12); border: 1px solid var(--gray-6);
  border-radius: var(--radius-3); box-shadow: var(--shadow-5); font-size: 13px;
}
.db-menu { display: flex; flex-direction: column; padding: 4px; min-inline-size: 200px; }
.db-menu button {
  display: flex; align-items: center; gap: 8px; padding: 6px 10px; border: 0; border-radius: var(--radius-2); background: none;
  color: inherit; font: inherit; text-align: start; cursor: pointer;
}
.db-menu button:is(:hover, :focus-visible) { background: var(--accent-a4); outline: none; }
.db-menu button:focus-visible { box-shadow: inset 0 0 0 2px var(--focus-8); }
.db-menu kbd { margin-inline-start: auto; padding-inline-start: 16px; font: inherit; font-size: 12px; color: var(--gray-11); }
.db-peek { display: flex; flex-direction: column; gap: 4px; padding: 10px 12px; max-inline-size: 280px; min-inline-size: 180px; }
.db-peek strong { font-size: 14px; }
.db-alert { margin: 0; padding: 4px 8px; border-radius: var(--radius-2); background: var(--red-3); color: var(--red-12); }
.db-peek-wait { block-size: 48px; border-radius: var(--radius-2); background: var(--gray-a3); }
.db-park {
  flex: none; display: flex; align-items: center; gap: 8px; padding: 6px 10px; overflow-x: auto; background: var(--db-open);
  border-block-start: 1px solid var(--gray-6); min-block-size: 44px; box-sizing: border-box;
}
.db-park[data-open] { background: var(--accent-2); box-shadow: inset 0 0 0 2px var(--accent-8); }
.db-park-name { display: inline-flex; align-items: center; gap: 6px; font-weight: 600; flex: none; }
.db-park-hint { color: var(--gray-11); }
.db-parked {
  display: inline-flex; align-items: stretch; flex: none; border: 1px solid var(--gray-6); border-radius: 5px;
  background: var(--blue-3); color: var(--gray-12);
}
.db-parked[data-current] { box-shadow: 0 0 0 2px var(--accent-9); }
.db-parked button { border: 0; background: none; color: inherit; font: inherit; cursor: pointer; padding: 3px 8px; text-align: start; }
.db-parked button:focus-visible { outline: 2px solid var(--focus-8); outline-offset: -1px; }
.db-parked button:first-child { display: flex; flex-direction: column; touch-action: none; }
.db-parked button span { font-size: 12px; }
.db-unpark { min-inline-size: 28px; display: inline-flex; align-items: center; justify-content: center; }
.db-table { padding: 12px; background: var(--db-open); min-block-size: 100%; box-sizing: border-box; }
.db-table table { inline-size: 100%; border-collapse: collapse; }
.db-table caption { text-align: start; font-weight: 600; padding-block-end: 8px; }
.db-table :is(th, td) { padding: 5px 8px; text-align: start; border-block-end: 1px solid var(--gray-5); vertical-align: middle; }
.db-table tbody th { font-weight: 600; white-space: nowrap; }
.db-do {
  min-block-size: 26px; padding: 2px 10px; border: 1px solid var(--gray-7); border-radius: 4px; background: none; color: inherit;
  font: inherit; cursor: pointer;
}
.db-do:focus-visible { outline: 2px solid var(--focus-8); }
@media (prefers-reduced-motion: no-preference) { .db-menu, .db-peek { animation: db-in 80ms ease-out; } }
@keyframes db-in { from { opacity: 0; } }
`;
