/* A small map with one marker. Without tiles it is a plain grid; the page says the place in words too. */
"use strict";

/* Where a WGS-84 point lies on the map: Chinese providers draw their tiles in GCJ-02. */
window.mapPlace = (box) => (lon, lat) => {
  if (box.dataset.datum !== "gcj02" || !box.dataset.tiles) return [lat, lon];
  const [x, y] = window.gcoord.transform([lon, lat], window.gcoord.WGS84, window.gcoord.GCJ02);
  return [y, x];
};

(() => {
  if (!window.L) return;
  for (const box of document.querySelectorAll("[data-map]")) {
    const place = window.mapPlace(box)(Number(box.dataset.lon), Number(box.dataset.lat));
    const map = window.L.map(box, {
      center: place,
      zoom: 16,
      attributionControl: false,
      zoomControl: Boolean(box.dataset.tiles),
      scrollWheelZoom: false,
      dragging: Boolean(box.dataset.tiles),
      keyboard: Boolean(box.dataset.tiles),
    });
    if (box.dataset.tiles) window.L.tileLayer(box.dataset.tiles, { maxZoom: 19 }).addTo(map);
    const icon = window.L.divIcon({ className: "map-pin", iconSize: [18, 18] });
    window.L.marker(place, { icon, interactive: false, keyboard: false }).addTo(map);
  }
})();
