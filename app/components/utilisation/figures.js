// Rows and cells as Plotly's traces: plain data in, plain data out. Words, numbers and hours in the reader's language.

const AXIS = 32;
const NARROW = 560;

const heights = (rows, small, large) => ({ least: rows * small + AXIS, most: rows * large + AXIS });
export const minutesHeights = (people) => heights(people.length, 34, 72);
export const weekHeights = (days) => heights(days.length, 36, 124);

const isRtl = (t_) => t_.dir === "rtl";

const layoutOf = ({ t_, look }) => ({
  paper_bgcolor: "rgba(0, 0, 0, 0)",
  plot_bgcolor: "rgba(0, 0, 0, 0)",
  font: { family: look.family, size: 13, color: look.text },
  showlegend: false,
  dragmode: false,
  hoverlabel: { bgcolor: look.surface, bordercolor: look.line, align: isRtl(t_) ? "right" : "left", font: { family: look.family, size: 13, color: look.text } },
});

// Where the rows' names stand, and room for them; Plotly's own margins forget the right-hand side.
const margins = (names, { t_, look, size, top, bottom }) => {
  const room = look.widest(names, size) + 14;
  return { ...(isRtl(t_) ? { l: 8, r: room } : { l: room, r: 8 }), t: top, b: bottom, pad: 6 };
};

// Numbers that a reader expects on an axis: 1, 2 or 5 times a power of ten.
function niceTicks(most, count) {
  const rough = most / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 1;
  const ticks = [];
  for (let at = 0; at <= most; at += step) ticks.push(at);
  return ticks;
}

const share = (t_, value) => (value < 0 ? "–" : t_.percent(Math.round(value * 100) / 100));

const lines = (title, line, t_) =>
  [
    `<b>${title}</b>`,
    `${t_("Bookable minutes")}: ${t_.number(line.bookable)}`,
    `${t_("Booked minutes")}: ${t_.number(line.booked)}`,
    `${t_("Attended minutes")}: ${t_.number(line.attended)}`,
    `${t_("Utilisation")}: ${share(t_, line.utilisation)}`,
  ].join("<br>");

const bar = (people, name, extra) => ({
  type: "bar",
  orientation: "h",
  y: people.map((person) => person.id),
  x: people.map((person) => person[name]),
  hoverinfo: "skip",
  ...extra,
});

// What is bookable is the outline; booked fills it, attended stands within booked.
export function minutesFigure(people, { t_, look, width }) {
  const rtl = isRtl(t_);
  const size = width < NARROW ? 12 : 13;
  const most = Math.max(1, ...people.map((person) => Math.max(person.bookable, person.booked)));
  const ticks = niceTicks(most, width < NARROW ? 2 : Math.min(8, Math.floor(width / 120)));
  const hover = people.map((person) => lines(person.name, person, t_));
  const data = [
    bar(people, "bookable", {
      width: 0.66, hoverinfo: "text", hovertext: hover,
      marker: { color: look.ground, line: { color: look.outline, width: 1 } },
    }),
    bar(people, "booked", { width: 0.66, marker: { color: look.booked } }),
    bar(people, "attended", { width: 0.3, marker: { color: look.attended } }),
    {
      type: "scatter", mode: "text", hoverinfo: "skip", cliponaxis: false,
      y: people.map((person) => person.id),
      x: people.map((person) => Math.max(person.bookable, person.booked)),
      text: people.map((person) => ` ${share(t_, person.utilisation)} `),
      textposition: rtl ? "middle left" : "middle right",
      textfont: { color: look.text, size: 12 },
    },
  ];
  // Room for the percentage beyond the longest bar.
  const end = most * (1 + 56 / Math.max(120, width * 0.6));
  return {
    data,
    layout: {
      ...layoutOf({ t_, look }),
      margin: margins(people.map((person) => person.name), { t_, look, size, top: 0, bottom: AXIS }),
      barmode: "overlay",
      xaxis: {
        range: rtl ? [end, 0] : [0, end], tickvals: ticks, ticktext: ticks.map((at) => t_.number(at)),
        gridcolor: look.line, zeroline: false, fixedrange: true, tickfont: { color: look.muted, size: 12 },
      },
      yaxis: {
        type: "category", range: [people.length - 0.5, -0.5], fixedrange: true, side: rtl ? "right" : "left",
        tickvals: people.map((person) => person.id), ticktext: people.map((person) => person.name), ticks: "",
        tickfont: { size },
      },
    },
  };
}

function hourLabel(hour, locale) {
  const at = new Date(Date.UTC(2024, 0, 1, hour));
  const short = new Intl.DateTimeFormat(locale, { hour: "numeric", timeZone: "UTC" });
  if (short.resolvedOptions().hour12) return short.format(at);
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" }).format(at);
}

function weekday(on, locale, length) {
  const name = new Intl.DateTimeFormat(locale, { weekday: length, timeZone: "UTC" }).format(new Date(`${on}T12:00:00Z`));
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

// From the first hour that anything happens in to the last, without a gap.
function hoursOf(days) {
  const all = days.flatMap((day) => day.hours.map((one) => one.hour));
  const first = Math.min(...all);
  return Array.from({ length: Math.max(...all) - first + 1 }, (_, at) => first + at);
}

const STEPS = [0, 1, 2, 3, 4];
const scale = (look) => STEPS.map((step) => [step / 4, look[`heat${step}`]]);

const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);

const light = (parts) => {
  const [red, green, blue] = parts.map((part) => (part <= 10 ? part / 3294 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

// Black or white, whichever stands out more (WCAG 2) from the scale's colour at that share.
function inkOn(value, look) {
  const below = Math.min(3, Math.floor(value * 4));
  const [from, to] = [below, below + 1].map((step) => channels(look[`heat${step}`]));
  const ground = light(from.map((part, at) => part + (to[at] - part) * (value * 4 - below)));
  return 1.05 / (ground + 0.05) > (ground + 0.05) / 0.05 ? "rgb(255, 255, 255)" : "rgb(0, 0, 0)";
}

export function weekFigure(days, { t_, look, width }) {
  const rtl = isRtl(t_);
  const hours = hoursOf(days);
  const cells = days.map((day) => hours.map((hour) => day.hours.find((one) => one.hour === hour)));
  const shares = cells.map((row) => row.map((one) => (one && one.utilisation >= 0 ? Math.min(1, one.utilisation) : null)));
  const written = days.flatMap((day) => day.hours.filter((one) => one.utilisation >= 0).map((one) => ({ ...one, on: day.on })));
  const names = days.map((day) => weekday(day.on, t_.locale, width < NARROW ? "short" : "long"));
  const room = (width - look.widest(names, 13) - 24) / hours.length;
  // As many labels as fit: each, every second, third, fourth or sixth hour.
  const step = [1, 2, 3, 4, 6].find((every) => room * every >= 52) ?? 6;
  const labelled = hours.filter((hour) => (hour - hours[0]) % step === 0);
  return {
    data: [
      {
        type: "heatmap", x: hours, y: days.map((day) => day.on), z: shares, zmin: 0, zmax: 1,
        colorscale: scale(look), showscale: false, xgap: room < 20 ? 1 : 3, ygap: 3, hoverongaps: false, hoverinfo: "text",
        hovertext: cells.map((row, at) => row.map((one) => (one ? lines(`${weekday(days[at].on, t_.locale, "long")}, ${hourLabel(one.hour, t_.locale)}`, one, t_) : ""))),
      },
      {
        type: "scatter", mode: "text", hoverinfo: "skip", visible: room >= 38,
        x: written.map((one) => one.hour), y: written.map((one) => one.on), text: written.map((one) => share(t_, one.utilisation)),
        textfont: { size: 12, color: written.map((one) => inkOn(Math.min(1, one.utilisation), look)) },
      },
    ],
    layout: {
      ...layoutOf({ t_, look }),
      plot_bgcolor: look.open,
      margin: margins(names, { t_, look, size: 13, top: AXIS, bottom: 0 }),
      xaxis: {
        side: "top", fixedrange: true, showgrid: false, zeroline: false, ticks: "", tickangle: 0,
        range: rtl ? [hours.at(-1) + 0.5, hours[0] - 0.5] : [hours[0] - 0.5, hours.at(-1) + 0.5],
        tickvals: labelled, ticktext: labelled.map((hour) => hourLabel(hour, t_.locale)), tickfont: { color: look.muted, size: 12 },
      },
      yaxis: {
        type: "category", range: [days.length - 0.5, -0.5], fixedrange: true, showgrid: false, ticks: "",
        side: rtl ? "right" : "left", tickvals: days.map((day) => day.on), ticktext: names,
      },
    },
  };
}
