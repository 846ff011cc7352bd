// The list as a real table: a row an appointment, the name a button that opens it.

export function CardTable({ cards, words, t_, everywhere, selected, icons, onCard }) {
  if (!cards.length) return <p className="cv-note" role="status">{t_(words.nothing)}</p>;
  const time = new Intl.DateTimeFormat(t_.locale, { timeStyle: "short", timeZone: "UTC" });
  const at = (local) => new Date(`${local}:00Z`);
  const heads = [words.day, words.time, words.patient, words.service, words.practitioner,
    ...(everywhere ? [words.place] : []), words.status];
  return (
    <div className="cv-table" tabIndex={0} role="group" aria-label={t_(words.table)}>
      <table className="table">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{t_(head)}</th>)}</tr></thead>
        <tbody>
          {cards.map((card) => {
            const Icon = icons[card.status];
            const word = card.kind === "session"
              ? t_(words.seats, { taken: card.taken, places: card.places }) : t_(words[card.status]);
            return (
              <tr key={card.id} data-id={card.id} aria-current={selected === card.id || undefined}>
                <td>{t_.date(card.start.slice(0, 10), "", "day")}</td>
                <td className="figures">{time.format(at(card.start))} – {time.format(at(card.end))}</td>
                <td>
                  <button type="button" className="link-button" onClick={() => onCard(card)}>
                    <bdi>{card.title || card.service}</bdi>
                  </button>
                </td>
                <td>{card.service}{card.extra ? `, ${t_(words.extra)}` : ""}</td>
                <td><bdi>{card.practitioner}</bdi></td>
                {everywhere ? <td><bdi>{card.place}</bdi></td> : null}
                <td><span className={`status-badge status-${card.status}`}>
                  {Icon ? <Icon size={14} aria-hidden="true" /> : null}{word}
                </span></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
