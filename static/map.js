// Colours the area map by the rows of its table, which the board keeps up to date: band, pattern, share and users of each tile or shape.
(() => {
  const box = document.querySelector("[data-map]"), root = document.querySelector("[data-board]");
  if (!box) return;
  const VIEW = "tocsin.map-view", format = new Intl.NumberFormat(document.documentElement.lang);
  const tiles = [...box.querySelectorAll("[data-tile]")];
  const ids = element => element.dataset.chain.split(" ");
  const band = share => share <= 0 ? 0 : share < 0.01 ? 1 : share < 0.1 ? 2 : share < 0.5 ? 3 : 4;

  // What an area loses it loses itself, with the areas it lies in (a declared prefecture), and by those within it (counties of a tile).
  function figures(tile, rows) {
    const mine = tile.dataset.tile, above = new Set(ids(tile)), total = Number(tile.dataset.total);
    let users = 0, share = 0;
    for (const row of rows) {
      if (above.has(row.id)) share += row.share;
      else if (row.chain.includes(mine) && total) share += row.users / total;
      else continue;
      if (row.chain.includes(mine)) users += row.users;
    }
    return { users, share: Math.min(1, share) };
  }
  function paint() {
    const rows = [...box.querySelectorAll("tr[data-area]")].map(row => (
      { id: row.dataset.area, chain: ids(row), users: Number(row.dataset.users), share: Number(row.dataset.share) }));
    for (const tile of tiles) {
      const { users, share } = figures(tile, rows);
      const percent = share ? `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %` : "";
      const count = users ? format.format(users) : "";
      tile.dataset.band = band(share);
      if (tile.dataset.place) tile.firstElementChild.textContent = [tile.dataset.place, percent, count].filter(Boolean).join(" · ");
      else {
        tile.querySelector("[data-share]").textContent = percent;
        tile.querySelector("[data-users]").textContent = count;
      }
    }
  }
  function view(name) {
    const shown = box.querySelector(`[data-shows="${name}"]`) ? name : "tiles";
    for (const each of box.querySelectorAll("[data-shows]")) each.toggleAttribute("hidden", each.dataset.shows !== shown);
    for (const each of box.querySelectorAll("[data-view]")) each.setAttribute("aria-pressed", each.dataset.view === shown);
  }
  box.addEventListener("click", event => {
    const chosen = event.target.closest("[data-view]"), tile = event.target.closest("[data-tile]");
    if (chosen) { localStorage.setItem(VIEW, chosen.dataset.view); view(chosen.dataset.view); }
    if (tile) root.dispatchEvent(new CustomEvent("tocsin:area", { detail: tile.dataset.code }));
  });
  root.addEventListener("tocsin:chosen", event => {
    for (const tile of tiles) {
      const on = tile.dataset.code === event.detail;
      tile.classList.toggle("is-chosen", on);
      if (tile.hasAttribute("aria-pressed")) tile.setAttribute("aria-pressed", on);
    }
  });
  root.addEventListener("tocsin:settled", paint);
  const wall = root.classList.contains("is-wall");
  view((!wall && localStorage.getItem(VIEW)) || (box.querySelector(".shapes") ? "shapes" : "tiles"));
  paint();
})();
