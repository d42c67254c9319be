// The curve on an incident board. Opened, it fetches its piece and, once, Plotly; then it follows the board, or the replayed moment.
(() => {
  const card = document.querySelector("[data-curve]"), root = document.querySelector("[data-board]");
  if (!card || !root) return;
  const EVERY = 15_000, body = card.querySelector("[data-body]");
  let plotly = null, shown = "", waiting = 0;

  function script(address) {
    return new Promise((done, failed) => {
      document.head.append(Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed }));
    });
  }
  async function library() { for (const address of card.dataset.plotly.trim().split(/\s+/)) await script(address); }

  async function show() {
    if (!card.open || document.hidden) return;
    const query = new URLSearchParams({ lang: root.dataset.language });
    if (!root.hasAttribute("data-live")) query.set("at", root.dataset.now);
    const answer = await fetch(`${card.dataset.curve}?${query}`).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const html = await answer.text(), fresh = document.createElement("template");
    fresh.innerHTML = html;
    const figure = fresh.content.querySelector("#curve-figure")?.textContent;
    if (shown && figure === shown) return;
    shown = figure || "";
    place(fresh.content);
    if (!figure) return;
    plotly ||= library();
    await plotly;
    window.tocsinCharts.draw(body.querySelector("[data-chart]"), JSON.parse(figure));
  }
  // The drawn chart stays where it is, so that nothing jumps; what stands around it is renewed.
  function place(fresh) {
    const chart = body.querySelector("[data-drawn]"), open = body.querySelector("details")?.open;
    if (chart) fresh.querySelector("[data-chart]")?.replaceWith(chart);
    body.replaceChildren(fresh);
    if (open) body.querySelector("details")?.setAttribute("open", "");
  }
  function soon() { clearTimeout(waiting); waiting = setTimeout(show, 400); }

  card.addEventListener("toggle", show);
  if (root.hasAttribute("data-live")) setInterval(show, EVERY);
  else new MutationObserver(soon).observe(root, { attributes: true, attributeFilter: ["data-now"] });
})();
