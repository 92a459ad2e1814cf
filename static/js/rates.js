/* The pictures of the rates page. Its tables hold the same numbers. */
"use strict";

(() => {
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const trend = read("trend-data");
  if (trend && window.echarts) {
    const chart = window.echarts.init(document.getElementById("trend-chart"), null, { renderer: "canvas" });
    chart.setOption({
      animation: !calm,
      tooltip: { trigger: "axis", renderMode: "richText" },
      legend: { type: "scroll", bottom: 0 },
      grid: { left: 40, right: 16, top: 16, bottom: 56 },
      xAxis: { type: "category", data: trend.days },
      yAxis: { type: "value", minInterval: 1 },
      series: trend.series.map((line) => ({ name: line.name, type: "bar", stack: "all", data: line.values })),
    });
    window.addEventListener("resize", () => chart.resize());
  }

  const spots = read("spot-data");
  const box = document.getElementById("spot-map");
  if (spots && box && window.L) {
    // Tiles of Chinese providers are drawn in GCJ-02; the portal keeps WGS-84.
    const place = ({ lon, lat }) => {
      if (box.dataset.datum !== "gcj02" || !window.gcoord) return [lat, lon];
      const [x, y] = window.gcoord.transform([lon, lat], window.gcoord.WGS84, window.gcoord.GCJ02);
      return [y, x];
    };
    const map = window.L.map(box, { attributionControl: false, scrollWheelZoom: false });
    if (box.dataset.tiles) window.L.tileLayer(box.dataset.tiles, { maxZoom: 19 }).addTo(map);
    const most = Math.max(...spots.map((spot) => spot.count));
    for (const spot of spots) {
      const circle = window.L.circleMarker(place(spot), {
        radius: 8 + (20 * spot.count) / most,
        color: "#b42318",
        weight: 1,
        fillOpacity: 0.35,
      });
      circle.bindTooltip(`${spot.name} ${spot.count}`);
      circle.on("click", () => window.location.assign(spot.url));
      circle.addTo(map);
    }
    map.fitBounds(window.L.latLngBounds(spots.map(place)).pad(0.3), { maxZoom: 16 });
  }
})();
