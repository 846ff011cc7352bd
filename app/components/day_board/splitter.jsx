// The edge between the board and the details: drawn with the pointer, moved with the arrow keys, remembered here.
import { useEffect, useRef, useState } from "react";

const KEPT = "holdfast.pane";
const NARROWEST = 280;
const STEP = 24;

const widest = () => Math.max(NARROWEST, Math.round(window.innerWidth * 0.46));
const within = (width) => Math.max(NARROWEST, Math.min(widest(), Math.round(width)));

function kept() {
  try {
    return Number(window.localStorage.getItem(KEPT)) || 340;
  } catch {
    return 340;
  }
}

export function Splitter({ label }) {
  const edge = useRef(null);
  const [width, setWidth] = useState(null);
  useEffect(() => setWidth(within(kept())), []);
  useEffect(() => {
    if (width === null) return;
    edge.current.parentElement.style.setProperty("--pane-size", `${width}px`);
    try {
      window.localStorage.setItem(KEPT, String(width));
    } catch {
      // Not kept: it then holds for this page only.
    }
  }, [width]);
  const rtl = () => getComputedStyle(edge.current).direction === "rtl";
  const onPointerDown = (event) => {
    event.preventDefault();
    edge.current.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event) => {
    if (!edge.current.hasPointerCapture(event.pointerId)) return;
    const box = edge.current.parentElement.getBoundingClientRect();
    setWidth(within(rtl() ? event.clientX - box.left : box.right - event.clientX));
  };
  const onKeyDown = (event) => {
    const way = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    setWidth((now) => within(now + way * (rtl() ? -1 : 1) * STEP));
  };
  return (
    <div className="board-splitter" role="separator" aria-orientation="vertical" aria-label={label} tabIndex={0} ref={edge}
      aria-valuemin={NARROWEST} aria-valuemax={width === null ? NARROWEST : widest()} aria-valuenow={width ?? NARROWEST}
      onPointerDown={onPointerDown} onPointerMove={onPointerMove} onKeyDown={onKeyDown} />
  );
}
