// Draws each figure the page carries as JSON: <div data-chart="id of the JSON">. Nothing is evaluated. Colours are tokens of the
// stylesheet ("--accent"), looked up here, so that a chart has the theme of its page. A click on a mark leads to what is behind it.
(() => {
  const style = getComputedStyle(document.documentElement);
  const chinese = document.documentElement.lang.startsWith("zh");
  const config = { responsive: true, displayModeBar: false, locale: chinese ? "zh-CN" : "en" };

  function coloured(value) {
    if (typeof value === "string") return value.startsWith("--") ? style.getPropertyValue(value).trim() : value;
    if (Array.isArray(value)) return value.map(coloured);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, coloured(v)]));
    return value;
  }

  function follow(address) {
    if (!address.startsWith("#")) return location.assign(address);
    const row = document.querySelector(address), details = row?.closest("details");
    if (!row) return;
    details.open = true;
    row.querySelector("details")?.setAttribute("open", "");
    row.scrollIntoView({ block: "nearest" });
    row.focus();
  }

  function draw(place, figure) {
    const { data, layout } = coloured(figure);
    const drawn = Plotly.react(place, data, layout, config);
    if (!place.dataset.drawn) {
      place.dataset.drawn = "yes";
      place.on("plotly_click", ({ points: [point] }) => { if (point?.customdata) follow(String(point.customdata)); });
    }
    for (const button of document.querySelectorAll(`[data-picture="${place.dataset.chart}"]`)) button.hidden = false;
    return drawn;
  }

  for (const place of document.querySelectorAll("[data-chart]")) {
    draw(place, JSON.parse(document.getElementById(place.dataset.chart).textContent));
  }
  window.tocsinCharts = { draw, coloured, config };
})();
