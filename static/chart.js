// Draws each figure the page carries as JSON: <div data-chart="id of the JSON">. Nothing is fetched, nothing evaluated.
(() => {
  for (const place of document.querySelectorAll("[data-chart]")) {
    const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false });
  }
})();
