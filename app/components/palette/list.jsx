// The lines of the palette, group by group; the field above them keeps the keyboard.
import { useEffect, useRef } from "react";

export function List({ id, label, items, at, onAim, onGo }) {
  const list = useRef(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const groups = [...new Set(items.map((item) => item.group))];
  return (
    <div className="palette-list" id={`${id}list`} role="listbox" aria-label={label} ref={list}
      onMouseDown={(event) => event.preventDefault()}>
      {groups.map((group) => (
        <div key={group} role="group" aria-label={group}>
          <div className="palette-group" aria-hidden="true">{group}</div>
          {items.map((item, index) => item.group === group && (
            <div key={item.id} id={`${id}${index}`} role="option" aria-selected={index === at} className="palette-item"
              aria-disabled={item.isStale || undefined} onMouseMove={() => index !== at && !item.isStale && onAim(item)}
              onClick={() => !item.isStale && onGo(item)}>
              <span dir="auto">{item.title}</span>
              {item.detail && <span className="muted" dir="auto">{item.detail}</span>}
              {item.keys && <span aria-hidden="true">{item.keys.split(" ").map((key) => <kbd key={key} className="key">{key}</kbd>)}</span>}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
