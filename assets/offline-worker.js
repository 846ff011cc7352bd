// Keeps the page /offline, so that it opens while the server cannot be reached. The sheets themselves are kept
// encrypted by the staff pages (app/components/sheet_keeper). Its scope is /offline and nothing else.
const STORE = "holdfast-offline";
const PAGE = "/offline";

const renew = async () => {
  const answer = await fetch(PAGE, { cache: "no-cache", credentials: "omit" });
  if (answer.ok) await (await caches.open(STORE)).put(PAGE, answer.clone());
  return answer;
};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(renew());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode !== "navigate" || pathname.replace(/\/$/, "") !== PAGE) return;
  const answer = async () => {
    const kept = await (await caches.open(STORE)).match(PAGE);
    if (!kept) return fetch(event.request);
    // The server may be there: the next opening then shows its newest page.
    event.waitUntil(renew().catch(() => {}));
    return kept;
  };
  event.respondWith(answer());
});
