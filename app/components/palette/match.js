// How well a name fits what is typed, in any of the five languages.

export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

// An Arabic word is also found without its article.
const wordsOf = (name) =>
  name.split(/[\s'’/(),.:-]+/).flatMap((word) => (word.startsWith("ال") ? [word, word.slice(2)] : [word]));

// 0: the name begins with it; 1: its words do; 2: it stands inside the name; null: it is not there.
export const rank = (name, typed) => {
  const [title, asked] = [plain(name), plain(typed)];
  if (title.startsWith(asked)) return 0;
  const words = wordsOf(title);
  if (asked.split(/\s+/).every((part) => words.some((word) => word.startsWith(part)))) return 1;
  return asked.length > 2 && title.includes(asked) ? 2 : null;
};
