// Doing what a command says: its page's controls are pressed in their order, each as soon as it is there.

const PATIENCE = 10_000;
const GESTURES = ["keydown", "pointerdown"];
let awaited = null;

export const press = (key) =>
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

// What the person does meanwhile is meant for the page as it is, and ends the waiting.
const appears = (selector) =>
  new Promise((resolve) => {
    const end = (found) => {
      watcher.disconnect();
      clearTimeout(timer);
      GESTURES.forEach((name) => window.removeEventListener(name, giveUp, true));
      resolve(found);
    };
    const look = () => {
      const found = document.querySelector(selector);
      if (found) end(found);
    };
    const giveUp = (event) => event.isTrusted && end(null);
    const watcher = new MutationObserver(look);
    const timer = setTimeout(() => end(null), PATIENCE);
    watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
    GESTURES.forEach((name) => window.addEventListener(name, giveUp, true));
    look();
  });

export async function perform({ press: names = [], key, ready }) {
  for (const name of names) {
    const control = await appears(`[data-command~="${name}"]:not(:disabled)`);
    if (!control) return;
    control.click();
  }
  if (ready && (await appears(ready))) press(key.toLowerCase());
}

// A command of another page waits until that page has read what it shows.
export const performThere = (command) => {
  awaited = { command, isReading: false, until: Date.now() + PATIENCE };
};

export const pageIsLoaded = (isLoaded) => {
  if (!awaited) return;
  if (!isLoaded) {
    awaited.isReading = true;
    return;
  }
  // Before it begins to read, a page still counts as loaded like the one before it.
  if (!awaited.isReading) return;
  const { command, until } = awaited;
  awaited = null;
  if (Date.now() < until) perform(command);
};
