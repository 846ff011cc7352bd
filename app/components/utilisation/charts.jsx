// The two charts of the utilisation page, drawn by plot.jsx from the figures that figures.js lays out.
import { useCallback } from "react";
import { useT } from "$/public/words.js";
import { minutesFigure, minutesHeights, weekFigure, weekHeights } from "./figures.js";
import { Plot } from "./plot.jsx";

const sorry = (t_) => t_("The chart could not be loaded. The table holds the same figures.");

export function MinutesChart({ people }) {
  const t_ = useT();
  const make = useCallback((look, width) => minutesFigure(people, { t_, look, width }), [people, t_]);
  const label = t_.n(
    "Minutes of {n} practitioner as bars; the table holds the same figures",
    "Minutes of {n} practitioners as bars; the table holds the same figures",
    people.length,
  );
  return <Plot make={make} {...minutesHeights(people)} label={label} failed={sorry(t_)} />;
}

export function WeekChart({ days }) {
  const t_ = useT();
  const make = useCallback((look, width) => weekFigure(days, { t_, look, width }), [days, t_]);
  const label = t_("Utilisation by weekday and hour as colours; the table holds the same figures");
  return <Plot make={make} {...weekHeights(days)} label={label} failed={sorry(t_)} />;
}
