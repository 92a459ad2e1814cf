/* The pictures of the rates page. Its tables hold the same numbers. */
"use strict";

(() => {
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const trend = read("trend-data");
  if (trend && window.echarts) {
    const chart = window.echarts.init(document.getElementById("trend-chart"), null, { renderer: "canvas" });
    chart.setOption({
      animation: !calm,
      color: ["#1a56b8", "#5b8def", "#1b8a8f", "#b7791f", "#7c5cbf", "#a3acb9"],
      textStyle: { fontFamily: style("--font"), color: style("--ink-soft") },
      tooltip: { trigger: "axis", renderMode: "richText" },
      legend: { type: "scroll", bottom: 0 },
      grid: { left: 40, right: 16, top: 16, bottom: 56 },
      xAxis: { type: "category", data: trend.days },
      yAxis: { type: "value", minInterval: 1 },
      // Patterns tell the kinds apart as well as colours do.
      aria: { enabled: true, decal: { show: true } },
      series: trend.series.map((line) => ({
        name: line.name,
        type: "bar",
        // What does not add up stands side by side.
        stack: trend.apart ? undefined : "all",
        barMaxWidth: 40,
        itemStyle: { borderColor: "#fff", borderWidth: 1 },
        data: line.values,
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  }

  const spots = read("spot-data");
  const box = document.getElementById("spot-map");
  if (spots && box && window.L) {
    const place = window.mapPlace(box);
    const map = window.L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
    window.mapTiles(box, map);
    window.mapOutlines(box, map);
    window.L.control.scale({ imperial: false }).addTo(map);
    const most = Math.max(...spots.map((spot) => spot.count));
    for (const spot of spots) {
      const circle = window.L.circleMarker(place(spot.lon, spot.lat), {
        radius: 8 + 20 * Math.sqrt(spot.count / most),
        color: style("--red"),
        weight: 1,
        fillOpacity: 0.35,
      });
      circle.bindTooltip(`${spot.name} ${spot.count}`, { permanent: spots.length <= 8, direction: "right", offset: [6, 0] });
      circle.on("click", () => window.location.assign(spot.url));
      circle.addTo(map);
    }
    map.fitBounds(window.L.latLngBounds(spots.map((spot) => place(spot.lon, spot.lat))).pad(0.3), { maxZoom: 16 });
  }
})();
