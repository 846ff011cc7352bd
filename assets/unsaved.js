// Nothing that was typed into the settings is lost without a question: leaving the page, or another entry.
(() => {
  if (window.holdfastUnsaved) return;
  window.holdfastUnsaved = true;
  const guarded = () => [...document.querySelectorAll("form[data-guarded][data-dirty], [data-unsaved='true']")];
  const note = (event) => event.target.closest?.("form[data-guarded]")?.setAttribute("data-dirty", "");
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  document.addEventListener("reset", (event) => event.target.removeAttribute?.("data-dirty"));

  const leaves = () => {
    if (guarded().length === 0) return true;
    const t_ = window.holdfast.t();
    const yes = window.confirm(t_("Leave without saving? What you changed here is lost."));
    if (yes) for (const form of guarded()) form.removeAttribute("data-dirty");
    return yes;
  };
  window.holdfast = { ...window.holdfast, leaves };
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-leaves], a[href]") || leaves()) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  window.addEventListener("beforeunload", (event) => {
    if (guarded().length > 0) event.preventDefault();
  });
})();
