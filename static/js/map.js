/* A small map with one marker. Without tiles it is a plain grid; the page says the place in words too. */
"use strict";

/* Where a WGS-84 point lies on the map: Chinese providers draw their tiles in GCJ-02. */
window.mapPlace = (box) => (lon, lat) => {
  if (box.dataset.datum !== "gcj02" || !box.dataset.tiles) return [lat, lon];
  const [x, y] = window.gcoord.transform([lon, lat], window.gcoord.WGS84, window.gcoord.GCJ02);
  return [y, x];
};

/* The layers of tiles, the lowest first, with whose they are. */
window.mapTiles = (box, map) => {
  if (!box.dataset.tiles) return;
  for (const address of box.dataset.tiles.split(" ")) {
    window.L.tileLayer(address, { maxZoom: 18, subdomains: "01234567" }).addTo(map);
  }
  if (box.dataset.note) window.L.control.attribution({ prefix: false }).addAttribution(box.dataset.note).addTo(map);
};

/* Outlines of compounds (a line) and grids (dashes); answers what they cover. */
window.mapOutlines = (box, map) => {
  // Leaflet takes a string for markup: a name is text.
  const label = (name) => Object.assign(document.createElement("span"), { textContent: name });
  const outlines = JSON.parse(document.getElementById("map-outlines")?.textContent ?? "[]");
  const place = window.mapPlace(box);
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = window.L.featureGroup();
  for (const outline of outlines) {
    const isGrid = outline.kind === "grid";
    const corners = outline.areas.map((area) => area.map((ring) => ring.map(([lon, lat]) => place(lon, lat))));
    window.L.polygon(corners, {
      color: style(isGrid ? "--link" : "--ink-soft"),
      weight: 2,
      dashArray: isGrid ? "6 5" : null,
      fillOpacity: isGrid ? 0.04 : 0.1,
    })
      .bindTooltip(label(outline.name), { sticky: true })
      // One by one: a group would be drawn before what it is drawn on, where points come after it.
      .addTo(map)
      .addTo(drawn);
  }
  return outlines.length ? drawn.getBounds() : null;
};

(() => {
  if (!window.L) return;
  for (const box of document.querySelectorAll("[data-outline-map]")) {
    const map = window.L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
    window.mapTiles(box, map);
    window.L.control.scale({ imperial: false }).addTo(map);
    map.fitBounds(window.mapOutlines(box, map).pad(0.1), { maxZoom: 17 });
  }
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
    window.mapTiles(box, map);
    const icon = window.L.divIcon({ className: "map-pin", iconSize: [18, 18] });
    window.L.marker(place, { icon, interactive: false, keyboard: false }).addTo(map);
  }
})();
