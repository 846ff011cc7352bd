// One CSV file, chosen or dropped, sent to a route of ours as it is; words and progress in the reader's language.
import { useRef, useState } from "react";
import { useT } from "$/public/words.js";

const N_ = (message) => message;
const NOT_SENT = N_("The file could not be sent. Nothing was kept; please try again.");

const send = (address, file, onProgress) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "text/csv");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // An answer that is none of ours is told as any other failure.
      }
      done(answer);
    };
    request.onerror = () => done({});
    request.send(file);
  });

export function FileDrop({ address, mostBytes, isBusy, onSent }) {
  const t_ = useT();
  const field = useRef(null);
  const [share, setShare] = useState(null);
  const [wrong, setWrong] = useState("");
  const [isOver, setIsOver] = useState(false);
  const isLocked = isBusy || share !== null;
  const take = async (file) => {
    if (!file || isLocked) return undefined;
    if (file.size > mostBytes) {
      return setWrong(t_("This file is larger than {n} MB.", { n: Math.round(mostBytes / 1048576) }));
    }
    setWrong("");
    setShare(0);
    const { id, detail, values } = await send(address, file, setShare);
    setShare(null);
    // The same file can be chosen again after it was mended.
    if (field.current) field.current.value = "";
    return id ? onSent(id, file.name) : setWrong(t_(detail || NOT_SENT, values || {}));
  };
  const over = (is) => (event) => {
    event.preventDefault();
    setIsOver(is && !isLocked);
  };
  const drop = (event) => {
    over(false)(event);
    return take(event.dataTransfer.files[0]);
  };
  return (
    <div className="file-drop" data-over={isOver} onDragOver={over(true)} onDragLeave={over(false)} onDrop={drop}>
      <label className="field-label" htmlFor="file-drop">{t_("CSV file")}</label>
      <input id="file-drop" ref={field} type="file" accept=".csv,.txt,.tsv,text/csv" disabled={isLocked}
        aria-describedby="file-drop-hint file-drop-wrong" onChange={(event) => take(event.target.files[0])} />
      <p id="file-drop-hint" className="field-hint">
        {share === null
          ? t_("Choose a file or drop it here: CSV, up to {n} MB.", { n: Math.round(mostBytes / 1048576) })
          : t_("Sending: {percent}", { percent: t_.percent(share) })}
      </p>
      <p id="file-drop-wrong" className="field-error" role="alert">{wrong}</p>
    </div>
  );
}
