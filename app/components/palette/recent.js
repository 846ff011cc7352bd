// Who was found in this session: kept in this page's memory only, and for nobody who signs in after them.

const MOST = 5;
let kept = { mark: "", people: [] };

export const peopleOf = (mark) => (kept.mark === mark ? kept.people : []);

export const keepPerson = (mark, person) => {
  const others = peopleOf(mark).filter((one) => one.id !== person.id);
  kept = { mark, people: [person, ...others].slice(0, MOST) };
};
