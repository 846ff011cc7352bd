// One weekly block: a button with its time, what it is for and how long it holds.
import { Users } from "lucide-react";
import { span, weekdayIso } from "./clockwork.js";

export const nameOf = (block, { t_, words }) =>
  block.service ? t_(words.session, { service: block.service, n: block.places }) : t_(words.hours);

export const labelOf = (block, { t_, words }) => {
  const day = t_.date(weekdayIso(block.weekday), "", "weekday");
  return t_(words.block, { day, time: span(block, t_.locale), what: nameOf(block, { t_, words }) });
};

const bounds = (block, { t_, words }) => [
  block.since ? t_(words.from, { date: t_.date(block.since, "", "monthday") }) : "",
  block.until ? t_(words.until, { date: t_.date(block.until, "", "monthday") }) : "",
].filter(Boolean).join(", ");

export function place({ block, lane, lanes }, [from, to]) {
  const percent = (minute) => `${(100 * (minute - from)) / (to - from)}%`;
  const inset = block.service ? 30 : 0;
  const share = (100 - inset) / lanes;
  return {
    insetBlockStart: percent(block.starts),
    blockSize: `calc(${percent(block.ends - block.starts + from)} - 2px)`,
    insetInlineStart: `${inset + lane * share}%`,
    inlineSize: `calc(${share}% - 2px)`,
  };
}

export function Block({ item, range, t_, words, selected, onKeyDown, onOpen, step }) {
  const { block } = item;
  return (
    <button type="button" className="wk-block" data-block={block.id} data-session={block.service ? "" : undefined}
      data-state={block.state || undefined} aria-current={selected || undefined} style={place(item, range)}
      aria-label={[labelOf(block, { t_, words }), bounds(block, { t_, words })].filter(Boolean).join(", ")}
      aria-describedby="wk-keys" onKeyDown={(event) => onKeyDown(event, block)} onClick={() => onOpen(block.id)}>
      <span className="wk-edge" data-edge="starts" aria-hidden="true" />
      <span className="wk-time">{span(block, t_.locale)}</span>
      <span className="wk-what">
        {block.service ? <Users size={13} aria-hidden="true" /> : null}
        <span dir="auto">{nameOf(block, { t_, words })}</span>
      </span>
      <span className="wk-bounds">{bounds(block, { t_, words })}</span>
      <span className="wk-edge wk-edge-end" data-edge="ends" aria-hidden="true" />
    </button>
  );
}
