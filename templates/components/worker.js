/* Keeps the pages below one path, which name nobody in full, with their styles and scripts: they open
   without a network. */
"use strict";

const KEPT = "{{ kept|escapejs }}";
const PATH = "{{ path|escapejs }}";

async function keep(request, response) {
  const cache = await caches.open(KEPT);
  const text = await response.clone().text();
  const parts = [...text.matchAll(/(?:href|src)="([^"]*\/static\/[^"]+)"/g)].map((found) => found[1]);
  await cache.put(request, response);
  await Promise.all(parts.map(async (part) => (await cache.match(part)) || cache.add(part)));
}

async function fetched(request) {
  const response = await fetch(request);
  /* Signed out: what was kept goes too. */
  if (response.redirected) await caches.delete(KEPT);
  else if (response.ok) await keep(request, response.clone());
  return response;
}

/* The pages that are open when this script comes to govern them. */
async function keepOpen() {
  const open = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  const pages = open.map(({ url }) => url).filter((url) => new URL(url).pathname.startsWith(PATH));
  await Promise.all([...new Set([new URL(PATH, self.location).href, ...pages])].map(fetched));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepOpen());
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (path.includes("/static/")) {
    event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept || fetch(request)));
  } else if (path.startsWith(PATH) && request.mode === "navigate") {
    event.respondWith(
      fetched(request).catch(async (lost) => (await caches.match(request, { ignoreVary: true })) || Promise.reject(lost)),
    );
  }
});
