// What the desk must see of a patient before anything else: an icon each on the card, with its word where there is room.
import { FileWarning, Languages, Sparkles, TriangleAlert, UsersRound } from "lucide-react";

// The bits of a card's flags (app/services/board/queries.py counts them together).
const FLAGS = [
  [2, "flag_alert", TriangleAlert],
  [8, "flag_referral", FileWarning],
  [4, "flag_interpreter", Languages],
  [16, "flag_guardian", UsersRound],
  [1, "flag_first", Sparkles],
];

export const flagWords = (flags, words, t_) => FLAGS.filter(([bit]) => flags & bit).map(([, word]) => t_(words[word]));

export function Flags({ flags, words, t_, named = false }) {
  const there = FLAGS.filter(([bit]) => flags & bit);
  if (!there.length) return null;
  return (
    <span className="db-flags" data-named={named || undefined}>
      {there.map(([bit, word, Icon]) => (
        <span key={bit} title={t_(words[word])} data-flag={word}>
          <Icon size={13} aria-hidden="true" />
          {named ? t_(words[word]) : null}
        </span>
      ))}
    </span>
  );
}
