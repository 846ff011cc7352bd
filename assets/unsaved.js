// Nothing that was typed into a form is lost without a question: leaving the page, another entry, another tab of a file.
// What is kept while it is typed ([data-draft] says how much of it) is there again: only leaving the page asks for it.
(() => {
  if (window.holdfastUnsaved) return;
  window.holdfastUnsaved = true;
  // A tab turns as it is pressed, or as a key goes to it, not by its click.
  const LEAVING = "a[href], [data-leaves]:not([role=tab]), [data-replaces] li button";
  const TURNING = ["ArrowLeft", "ArrowRight", "Home", "End"];
  const guarded = () => [...document.querySelectorAll("form[data-guarded][data-dirty], [data-unsaved='true']")];
  const losing = () => guarded().filter((form) => !form.querySelector("[data-draft]"));
  const note = (event) => event.target.closest?.("form[data-guarded]")?.setAttribute("data-dirty", "");
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  document.addEventListener("reset", (event) => event.target.removeAttribute?.("data-dirty"));

  const leaves = () => {
    const lost = losing();
    if (lost.length === 0) return true;
    const t_ = window.holdfast.t();
    const yes = window.confirm(t_("Leave without saving? What you changed here is lost."));
    if (yes) for (const form of lost) form.removeAttribute("data-dirty");
    return yes;
  };
  window.holdfast = { ...window.holdfast, leaves };
  const ask = (kind, isLeaving) => document.addEventListener(kind, (event) => {
    if (!isLeaving(event) || leaves()) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  const turned = ({ target }) => target.closest?.("[role=tab][data-leaves]");
  ask("click", ({ target }) => target.closest?.(LEAVING));
  ask("submit", ({ target }) => target.closest?.("[data-replaces]"));
  ask("mousedown", (event) => event.button === 0 && turned(event)?.matches("[aria-selected=false]"));
  ask("keydown", (event) => TURNING.includes(event.key) && turned(event));
  // At the lock, and after too long a time, nobody is there to answer, and the file must not stay on the screen.
  const isAway = () => window.holdfast.isLocked?.() || window.holdfast.isEnding;
  window.addEventListener("beforeunload", (event) => {
    if (guarded().length > 0 && !isAway()) event.preventDefault();
  });
})();
