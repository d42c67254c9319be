// Takes a chart away as a picture: <button data-picture="id of its JSON" data-form="png|svg" data-name="file name" data-title="…">. It is drawn
// anew at the size of a report's page, in the colours of the page's theme, on the ground of its cards (white in the light theme), with
// its title on it. chart.js shows the buttons once there is something to take.
(() => {
  const WIDTH = 1200, HEIGHT = 675, TITLE = 64, SHARP = 2;

  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function titled(layout, title) {
    const ground = token("--surface"), margin = layout.margin || {};
    const words = { text: title, x: 0.01, xanchor: "left", y: 0.985, yanchor: "top", font: { size: 18 } };
    return {
      ...layout,
      title: words,
      paper_bgcolor: ground,
      plot_bgcolor: ground,
      margin: { ...margin, l: Math.max(24, margin.l || 0), r: 24, b: 24, t: TITLE + (margin.t || 0) },
    };
  }

  function hand(address, name) {
    const link = Object.assign(document.createElement("a"), { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  }

  async function take(button) {
    const { picture, form, name, title } = button.dataset;
    const charts = window.tocsinCharts;
    const { data, layout } = charts.coloured(JSON.parse(document.getElementById(picture).textContent));
    const height = layout.height ? layout.height + TITLE : HEIGHT;
    const figure = { data, layout: titled(layout, title), config: { locale: charts.config.locale } };
    const drawn = await Plotly.toImage(figure, { format: "svg", width: WIDTH, height });
    hand(form === "png" ? await painted(drawn, WIDTH, height) : drawn, `${name}.${form}`);
  }

  // Plotly would paint from a blob, which the policy of our pages forbids; a picture that is its own address is allowed.
  async function painted(drawn, width, height) {
    const image = new Image(width, height);
    image.src = drawn;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * SHARP, height: height * SHARP });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png");
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-picture]");
    if (!button) return;
    button.disabled = true;
    try {
      await take(button);
    } catch {
      const said = button.parentElement.querySelector("[role=status]");
      if (said) said.textContent = button.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
})();
