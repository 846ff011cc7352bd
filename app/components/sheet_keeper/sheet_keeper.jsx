// Has this browser keep today's and tomorrow's sheet of each location, encrypted by the server, while a staff page is
// open. Several tabs share one round; a locked or signed-out page fetches nothing and keeps what it has.
import { useEffect } from "react";

const EVERY = 3 * 60_000;
const LAST = "holdfast.sheets";
const KEEP = 3 * 86_400_000;

// A location's earlier sheet goes once the new one stands: a browser that ends in between keeps one of them.
const tidy = async (store, sheets) => {
  const newest = new Map(sheets.map((one) => [one.location, Date.parse(one.asOf)]));
  for (const request of await store.keys()) {
    const sheet = await (await store.match(request))?.json();
    const asOf = sheet ? Date.parse(sheet.asOf) : 0;
    if (asOf < Math.max(Date.now() - KEEP, newest.get(sheet?.location) ?? 0)) await store.delete(request);
  }
};

const renew = async () => {
  if (Date.now() - (Number(window.localStorage.getItem(LAST)) || 0) < EVERY - 5_000) return;
  const answer = await fetch("/desk/offline", { cache: "no-store" });
  if (!answer.ok) return;
  window.localStorage.setItem(LAST, String(Date.now()));
  const { sheets } = await answer.json();
  const store = await caches.open("holdfast-sheets");
  for (const sheet of sheets) {
    const body = new Response(JSON.stringify(sheet), { headers: { "Content-Type": "application/json" } });
    await store.put(`/offline/sheets/${sheet.location}/${encodeURIComponent(sheet.asOf)}`, body);
  }
  await tidy(store, sheets);
};

export function SheetKeeper({ mark, stamp }) {
  useEffect(() => {
    // Plain http elsewhere than on this computer has neither store nor encryption: then there is no offline sheet.
    if (!mark || !("serviceWorker" in navigator) || !("caches" in window)) return undefined;
    const round = () => renew().catch(() => {});
    navigator.serviceWorker.register("/offline-worker.js", { scope: "/offline" }).catch(() => {});
    if (stamp) window.localStorage.removeItem(LAST);
    round();
    const timer = setInterval(round, 30_000);
    return () => clearInterval(timer);
  }, [mark, stamp]);
  return null;
}
