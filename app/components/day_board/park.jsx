// The parking strip: what waits here keeps its place in the book until it is dropped on another day.
import { ParkingSquare, X } from "lucide-react";

export function Park({ parked, words, t_, isOpen, moving, onTake, onUnpark, onPointerDown }) {
  if (!parked?.length && !isOpen) return null;
  return (
    <div className="db-park" role="group" aria-label={t_(words.parked)} data-open={isOpen || undefined}
      onPointerDown={onPointerDown}>
      <span className="db-park-name"><ParkingSquare size={16} aria-hidden="true" />{t_(words.parked)}</span>
      {(parked ?? []).map((one) => (
        <span key={one.id} className="db-parked" data-current={moving === one.id || undefined}>
          <button type="button" data-parked={one.id} data-title={one.patient} onClick={() => onTake(one.id)}
            aria-label={t_(words.take, { patient: one.patient, time: t_.time(one.starts_at, one.zone), day: t_.date(one.starts_at, one.zone) })}>
            <b dir="auto">{one.patient}</b>
            <span>{`${t_.date(one.starts_at, one.zone)}, ${t_.time(one.starts_at, one.zone)}`}</span>
          </button>
          <button type="button" className="db-unpark" onClick={() => onUnpark(one.id)}
            aria-label={t_(words.unpark, { patient: one.patient })} title={t_(words.unpark, { patient: one.patient })}>
            <X size={14} aria-hidden="true" />
          </button>
        </span>
      ))}
      {parked?.length ? null : <span className="db-park-hint">{t_(words.park_here)}</span>}
    </div>
  );
}
