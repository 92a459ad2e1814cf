/* The pictures of the coverage page. Its tables hold the same numbers. */
"use strict";

(() => {
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle"];
  const DASHES = ["solid", [8, 4], [2, 3], [10, 3, 2, 3], [14, 5]];

  const trend = read("coverage-trend");
  if (trend && window.echarts) {
    const chart = window.echarts.init(document.getElementById("coverage-chart"), null, { renderer: "canvas" });
    chart.setOption({
      animation: !calm,
      color: ["#1b6e3c", "#1a56b8", "#1b8a8f", "#b7791f", "#7c5cbf"],
      textStyle: { fontFamily: style("--font"), color: style("--ink-soft") },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value) => `${value}%` },
      legend: { type: "scroll", bottom: 0, itemWidth: 36 },
      grid: { left: 48, right: 88, top: 16, bottom: 56 },
      xAxis: { type: "category", data: trend.days, boundaryGap: false },
      yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value}%" } },
      // Told apart by dashes, marks and the name at the end as well as by colour.
      series: trend.series.map((line, number) => ({
        name: line.name,
        type: "line",
        symbol: SYMBOLS[number % SYMBOLS.length],
        symbolSize: 9,
        lineStyle: { type: DASHES[number % DASHES.length], width: 2 },
        endLabel: { show: true, formatter: "{a}", color: "inherit", distance: 6 },
        labelLayout: { moveOverlap: "shiftY" },
        data: line.values,
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  }

  const points = read("coverage-points");
  const box = document.getElementById("coverage-map");
  if (points && box && window.L) {
    const place = window.mapPlace(box);
    const map = window.L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
    window.mapTiles(box, map);
    window.mapOutlines(box, map);
    window.L.control.scale({ imperial: false }).addTo(map);
    const colour = (count) => style(count === 5 ? "--green" : count > 2 ? "--amber" : "--red");
    for (const point of points) {
      const circle = window.L.circleMarker(place(point.lon, point.lat), {
        radius: 12,
        color: colour(point.count),
        weight: 2,
        fillOpacity: 0.45,
      });
      circle.bindTooltip(`${point.name} ${point.count}/5`, { permanent: points.length <= 6, direction: "right", offset: [8, 0] });
      circle.on("click", () => window.location.assign(point.url));
      circle.addTo(map);
    }
    map.fitBounds(window.L.latLngBounds(points.map((point) => place(point.lon, point.lat))).pad(0.3), { maxZoom: 16 });
  }
})();
