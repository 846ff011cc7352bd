// A week with more appointments than can be shown each: who is how full on which day, the fullest first.
import { countWords, levelOf } from "./events.js";

const NOTHING = [0, 0, 0];
const sum = (counts) =>
  counts.reduce((all, one) => all.map((number, at) => number + one[at]), NOTHING);

// Whoever has no places of their own stands by their appointments, after all others.
const fullness = ([appointments, taken, places]) => (places ? 1 + taken / places : appointments / 1000);

export function rowsOf(days, people) {
  const dates = Object.keys(days).sort();
  const rows = people.filter((person) => person.is_shown).map((person) => {
    const counts = dates.map((day) => days[day][3]?.[person.id] ?? NOTHING);
    return { person, counts, whole: sum(counts) };
  });
  const isBusy = ({ whole }) => whole[0] || whole[2];
  return rows.filter(isBusy).sort((one, other) => fullness(other.whole) - fullness(one.whole));
}

function Cell({ counts, label, t_, words, onPress }) {
  const [appointments, taken, places] = counts;
  if (!appointments && !places) return <td className="cv-off"><span aria-hidden="true">–</span></td>;
  const what = countWords({ appointments, taken, places }, { t_, words });
  const face = places ? `${t_.number(taken)} / ${t_.number(places)}` : t_.number(appointments);
  const bar = (
    <span className="cv-bar"><span style={{ inlineSize: `${places ? Math.min(100, (100 * taken) / places) : 0}%` }} /></span>
  );
  return (
    <td className={`cv-level-${levelOf(counts)}`}>
      {onPress ? (
        <button type="button" className="cv-cell" aria-label={label(what)} title={what} onClick={onPress}>
          <span className="figures">{face}</span>{bar}
        </button>
      ) : (
        <span className="cv-cell" title={what}>
          <span className="figures" aria-hidden="true">{face}</span><span className="visually-hidden">{what}</span>{bar}
        </span>
      )}
    </td>
  );
}

export function PeopleWeek({ days, people, words, t_, onPerson, onDay }) {
  const dates = Object.keys(days).sort();
  const totals = dates.map((day) => days[day].slice(0, 3));
  const whole = sum(totals);
  const cell = { t_, words };
  const label = (name, day) => (what) => t_(words.full, { name, date: t_.date(day, "", "day"), what });
  return (
    <div className="cv-people-week" tabIndex={0} role="group" aria-label={t_(words.everybody)}>
      <p className="cv-note" role="status">
        {t_(words.tooMuch, { what: t_.n("{n} appointment", "{n} appointments", whole[0]) })}
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t_(words.practitioner)}</th>
            {dates.map((day) => (
              <th key={day} scope="col">
                <button type="button" className="cv-head" onClick={() => onDay?.(day)}>{t_.date(day, "", "day")}</button>
              </th>
            ))}
            <th scope="col">{t_(words.whole)}</th>
          </tr>
        </thead>
        <tbody>
          <tr className="cv-everybody">
            <th scope="row">{t_(words.everybody)}</th>
            {totals.map((counts, at) => (
              <Cell key={dates[at]} {...cell} counts={counts} label={label(t_(words.everybody), dates[at])}
                onPress={() => onDay?.(dates[at])} />
            ))}
            <Cell {...cell} counts={whole} />
          </tr>
          {rowsOf(days, people).map(({ person, counts, whole: own }) => (
            <tr key={person.id}>
              <th scope="row">
                <button type="button" className="link-button" dir="auto" title={t_(words.onlyOne, { name: person.name })}
                  onClick={() => onPerson?.(person.id)}>
                  {person.name}
                </button>
              </th>
              {counts.map((one, at) => (
                <Cell key={dates[at]} {...cell} counts={one} label={label(person.name, dates[at])}
                  onPress={() => onDay?.(dates[at])} />
              ))}
              <Cell {...cell} counts={own} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
