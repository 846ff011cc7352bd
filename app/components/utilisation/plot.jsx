// One Plotly chart: the strict bundle fetched when first needed, the theme's colours, the frame's width.
import { useEffect, useRef, useState } from "react";

let library;
const plotly = () => {
  library ??= import("plotly.js-strict-dist-min").then((module) => module.default ?? module);
  // A download that broke off may be tried again by the next chart.
  library.catch(() => (library = undefined));
  return library;
};

const OPTIONS = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };

const COLOURS = {
  text: "--gray-12", muted: "--gray-11", line: "--gray-6", outline: "--gray-8", ground: "--gray-a2", open: "--gray-2",
  booked: "--chart-booked", attended: "--chart-attended", surface: "--house-raised",
  heat0: "--chart-heat-0", heat1: "--chart-heat-1", heat2: "--chart-heat-2", heat3: "--chart-heat-3", heat4: "--chart-heat-4",
};

// Plotly reads rgba() only; the theme's tokens may be in any colour space, so each is painted once.
function readLook(element) {
  const probe = element.appendChild(document.createElement("span"));
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = (token) => {
    probe.style.color = `var(${token})`;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(3)})`;
  };
  const look = Object.fromEntries(Object.entries(COLOURS).map(([name, token]) => [name, painted(token)]));
  look.family = getComputedStyle(element).fontFamily;
  look.widest = (texts, size) => {
    canvas.font = `${size}px ${look.family}`;
    return Math.ceil(Math.max(0, ...texts.map((text) => canvas.measureText(text).width)));
  };
  probe.remove();
  return look;
}

// The colours as they are by day or by night; read again when the reader changes between them.
function useLook(frame) {
  const [look, setLook] = useState(null);
  useEffect(() => {
    let waiting = 0;
    const read = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => frame.current && setLook(readLook(frame.current)));
    };
    const watcher = new MutationObserver(read);
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style"] });
    read();
    return () => {
      cancelAnimationFrame(waiting);
      watcher.disconnect();
    };
  }, [frame]);
  return look;
}

function useSize(frame) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, [frame]);
  return size;
}

// At least `least` high; where the page has room, it grows to `most`.
export function Plot({ make, least, most, label, failed }) {
  const frame = useRef(null);
  const target = useRef(null);
  const look = useLook(frame);
  const { width, height } = useSize(frame);
  const [state, setState] = useState("loading");

  useEffect(() => {
    if (!look || !width || !height) return undefined;
    let isWanted = true;
    plotly()
      .then((Plotly) => {
        if (!isWanted) return null;
        const { data, layout } = make(look, width);
        return Plotly.react(target.current, data, { ...layout, width, height }, OPTIONS);
      })
      .then(() => isWanted && setState("drawn"))
      .catch(() => isWanted && setState("failed"));
    return () => {
      isWanted = false;
    };
  }, [make, look, width, height]);

  useEffect(() => {
    const element = target.current;
    return () => void library?.then((Plotly) => Plotly.purge(element)).catch(() => {});
  }, []);

  // The chart mirrors itself: inside it stands a left-to-right picture, whatever the page's direction.
  return (
    <div ref={frame} className="plot" data-state={state} style={{ minBlockSize: least, maxBlockSize: most }}>
      {state === "failed" ? <p className="muted" role="status">{failed}</p> : null}
      <div ref={target} className="plot-picture" role="img" aria-label={label} dir="ltr" />
    </div>
  );
}
