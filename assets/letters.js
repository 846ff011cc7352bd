// Keys of one character: a slip of the hand or a word that is dictated presses them too, so everybody may turn them
// off where the keys are listed (WCAG 2.1.4, app/components/keys.py). Whatever listens for such a key asks here.
const isCharacter = ({ key, ctrlKey, metaKey, altKey }) => key?.length === 1 && !ctrlKey && !metaKey && !altKey;

// What the palette presses was chosen there (app/components/palette/perform.js).
export const isTurnedOff = (event) =>
  event.isTrusted && isCharacter(event) && document.querySelector('.shell[data-letters="off"]') !== null;
