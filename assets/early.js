// Runs before the page is drawn: the language and its direction, so that nothing turns around afterwards; and where
// somebody was going before they were asked to sign in, which holds however early the form is sent.
(() => {
  const known = { en: "ltr", es: "ltr", de: "ltr", fr: "ltr", ar: "rtl" };
  let saved = null;
  try {
    saved = window.localStorage.getItem("holdfast.language");
  } catch {
    // Storage refused: the browser's own language it is.
  }
  const wishes = [saved, ...(navigator.languages || [navigator.language])];
  const language = wishes.map((wish) => wish && wish.slice(0, 2)).find((wish) => wish in known) || "en";
  const root = document.documentElement;
  root.lang = language;
  root.dir = known[language];
  if (language === "en") return;
  root.setAttribute("data-words", "loading");
  // Asked for here, so that it comes together with the page's own code (assets/words.js takes it up).
  const words = fetch(`/words/${language}.json`, { cache: "no-cache" }).then((answer) => answer.json());
  words.catch(() => {});
  window.holdfast = { ...window.holdfast, early: { language, words } };
  // English is better than nothing when the catalogue does not come.
  setTimeout(() => root.removeAttribute("data-words"), 1500);
})();
document.addEventListener("submit", (event) => {
  const wish = event.target.elements?.next;
  if (wish && !wish.value) wish.value = new URLSearchParams(window.location.search).get("next") ?? "";
}, true);
