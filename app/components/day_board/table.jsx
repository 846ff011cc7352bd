// The same day as a real table, for who hears the board: every visit, session, blocked hour and free time, in time.
import { useStore } from "./store.js";
import { flagWords } from "./flags.jsx";
import { clock, span } from "./words.js";

function rowsOf(store, order) {
  const found = [];
  for (const col of order) {
    const { items, starts, blocks } = store.layout(col);
    for (const { card } of items) found.push({ col, at: card.start, key: card.id, card });
    for (const start of starts) found.push({ col, at: start.at, key: `+${start.at}`, start });
    for (const block of blocks) found.push({ col, at: block[2], key: `#${block[2]}`, block });
  }
  return found.sort((one, other) => one.at - other.at || one.col - other.col);
}

function Row({ store, board, row, words, t_, past, onOpen }) {
  const { card, start, block, col, key } = row;
  const who = store.columns()[col][1] || t_(words.no_room);
  if (card) {
    const isSession = card.status === "session";
    const status = isSession ? t_(words.seats, { taken: card.seats, places: card.places }) : t_(words[card.status]);
    const service = board.services[card.service]?.[1] ?? "";
    return (
      <tr>
        <th scope="row">{span(board, card.start, card.end, t_.locale)}</th>
        <td>{who}</td><td dir="auto">{card.title}</td>
        <td>{[service, ...flagWords(card.flags, words, t_)].join(", ")}</td><td>{status}</td>
        <td><button type="button" className="db-do" onClick={() => onOpen(col, key)}
          aria-label={`${t_(words.do_open)}: ${card.title || service}`}>{t_(words.do_open)}</button></td>
      </tr>
    );
  }
  if (block) {
    return (
      <tr>
        <th scope="row">{span(board, block[2], block[3], t_.locale)}</th>
        <td>{who}</td><td /><td dir="auto">{block[4]}</td><td>{t_(block[0] ? words.blocked : words.leave)}</td>
        <td>{block[0] ? <button type="button" className="db-do" onClick={() => onOpen(col, key)}>{t_(words.do_unblock)}</button> : null}</td>
      </tr>
    );
  }
  if (start.at < past) return null;
  const action = store.moving ? "do_paste" : "do_book";
  const time = clock(board, start.at, t_.locale);
  return (
    <tr>
      <th scope="row">{time}</th>
      <td>{who}</td><td /><td /><td>{t_(words.free)}</td>
      <td><button type="button" className="db-do" onClick={() => onOpen(col, key)}
        aria-label={`${t_(words[action])}: ${time}, ${who}`}>{t_(words[action])}</button></td>
    </tr>
  );
}

export function DayTable({ store, order, words, t_, label, past, onOpen }) {
  const board = useStore(store, store.day);
  useStore(store, store.version);
  const rows = rowsOf(store, order);
  return (
    <div className="db-table">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            {["th_time", store.mode === "rooms" ? "th_room" : "th_who", "th_patient", "th_service", "th_status", "th_action"]
              .map((name) => <th key={name} scope="col">{t_(words[name])}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.col}${row.key}`} store={store} board={board} row={row} words={words} t_={t_} past={past}
              onOpen={onOpen} />
          ))}
        </tbody>
      </table>
      {rows.length ? null : <p className="db-empty">{t_(words.empty)}</p>}
    </div>
  );
}
