/* Keeps the form of a round, which names nobody, and its styles and scripts: it opens without a network. */
"use strict";

const KEPT = "patrol-form";
const FORM = "{% url 'tasks:patrol_new' %}";

async function keep(response) {
  const cache = await caches.open(KEPT);
  const text = await response.clone().text();
  const parts = [...text.matchAll(/(?:href|src)="([^"]*\/static\/[^"]+)"/g)].map((found) => found[1]);
  await cache.put(FORM, response);
  await Promise.all(parts.map(async (part) => (await cache.match(part)) || cache.add(part)));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(FORM).then((response) => (response.ok && !response.redirected ? keep(response) : null)));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function form(request) {
  try {
    const response = await fetch(request);
    /* Signed out: the form that was kept goes too. */
    if (response.redirected) await caches.delete(KEPT);
    else if (response.ok) await keep(response.clone());
    return response;
  } catch (lost) {
    return (await caches.match(FORM)) || Promise.reject(lost);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (path === FORM) event.respondWith(form(request));
  else if (path.includes("/static/")) {
    event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept || fetch(request)));
  }
});
