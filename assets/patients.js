// The patients' page: arrow keys between a search field and its list, and the form that sends a document.
import { createElement as jsx, useEffect, useState } from "react";
import { useT } from "$/public/words.js";

const lines = (finder) => [finder.querySelector("input"), ...finder.querySelectorAll(".pane-row")].filter(Boolean);

const step = (event) => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const finder = way && event.target.closest?.("[data-finder]");
  if (!finder || !event.target.matches("input, .pane-row")) return;
  const all = lines(finder);
  const next = all[all.indexOf(event.target) + way];
  if (!next) return;
  event.preventDefault();
  next.focus();
};

export function FinderKeys() {
  useEffect(() => {
    document.addEventListener("keydown", step);
    return () => document.removeEventListener("keydown", step);
  }, []);
  return null;
}

const N_ = (message) => message;
const NOT_SENT = N_("The file could not be sent. Nothing was kept; please try again.");
const KINDS = ["referral", "consent", "insurance", "letter", "result", "image", "other"];

const send = (url, form, onProgress) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    // A key of its own: sent twice by a bad line, it is one document.
    request.setRequestHeader("Idempotency-Key", crypto.randomUUID());
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      let problem = {};
      try {
        problem = JSON.parse(request.responseText);
      } catch {
        // An answer that is no problem of ours is told as any other failure.
      }
      done({ isKept: request.status === 201, detail: problem.detail });
    };
    request.onerror = () => done({ isKept: false });
    request.send(form);
  });

export function DocumentUpload({ patientId, mostBytes, onAdded }) {
  const t_ = useT();
  const [share, setShare] = useState(null);
  const [wrong, setWrong] = useState("");
  const words = {
    referral: t_("Referral"),
    consent: t_("Consent"),
    insurance: t_("Insurance paper"),
    letter: t_("Medical letter"),
    result: t_("Result"),
    image: t_("Medical image"),
    other: t_("Other medical paper"),
  };
  const add = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const file = form.elements.file.files[0];
    if (!file) return setWrong(t_("Choose a file first."));
    if (mostBytes && file.size > mostBytes) {
      return setWrong(t_("This file is larger than {n} MB.", { n: Math.round(mostBytes / 1048576) }));
    }
    setWrong("");
    setShare(0);
    const { isKept, detail } = await send(`/api/v1/patients/${patientId}/documents`, new FormData(form), setShare);
    setShare(null);
    if (!isKept) return setWrong(t_(detail || NOT_SENT));
    form.reset();
    return onAdded();
  };
  return (
    jsx("form", { className: "file-upload", onSubmit: add },
      jsx("label", { className: "field-label", htmlFor: "upload-file" }, t_("File")),
      jsx("input", { id: "upload-file", name: "file", type: "file", accept: ".pdf,.png,.jpg,.jpeg,.webp,.txt",
        "aria-describedby": "upload-hint upload-wrong" }),
      jsx("label", { className: "field-label", htmlFor: "upload-kind" }, t_("What it is")),
      jsx("select", { id: "upload-kind", name: "kind", className: "plain-select" },
        ...KINDS.map((kind) => jsx("option", { key: kind, value: kind }, words[kind]))),
      jsx("button", { type: "submit", className: "plain-button", disabled: share !== null },
        share === null ? t_("Add the document") : t_("Sending: {percent}", { percent: t_.percent(share) })),
      jsx("p", { id: "upload-hint", className: "field-hint" },
        t_("PDF, PNG, JPEG, WebP or plain text, up to {n} MB. It is kept encrypted.",
          { n: Math.round((mostBytes || 0) / 1048576) })),
      jsx("p", { id: "upload-wrong", className: "field-error", role: "alert" }, wrong),
    )
  );
}
