// Parts of an incident stand right under it on the command board, folded until somebody opens them. Which are open is remembered here.
(() => {
  const list = document.querySelector("[data-rows] [data-cards=main]"), root = document.querySelector("[data-board]");
  if (!list) return;
  const KEY = "tocsin.unfolded", wall = root.classList.contains("is-wall");
  let open;
  try { open = new Set(JSON.parse(sessionStorage.getItem(KEY) || "[]")); } catch { open = new Set(); }
  const row = number => list.querySelector(`:scope > [data-card="${CSS.escape(number)}"]`);
  const above = each => each.dataset.parent ? row(each.dataset.parent) : null;

  // A part sorts right behind the incident above it: place.js compares these as texts.
  function order(each) {
    const own = each.dataset.own ||= each.dataset.order, over = above(each);
    return over && over !== each ? `${order(over)}/${own}` : own;
  }
  function hidden(each) {
    for (let over = above(each); over; over = above(over)) if (!wall && !open.has(over.dataset.card)) return true;
    return false;
  }
  function arrange() {
    const rows = [...list.querySelectorAll(":scope > .incident-row")];
    for (const each of rows) each.dataset.order = order(each);
    for (const each of rows) {
      const inside = rows.filter(other => above(other) === each).length, fold = each.querySelector("[data-fold]");
      each.classList.toggle("is-part", Boolean(above(each)));
      each.classList.toggle("is-folded", hidden(each));
      if (!fold) continue;
      fold.hidden = inside === 0;
      fold.textContent = fold.dataset.words.replace("{count}", inside);
      fold.setAttribute("aria-expanded", String(wall || open.has(each.dataset.card)));
    }
    const sorted = [...rows].sort((a, b) => (a.dataset.order < b.dataset.order ? -1 : 1));
    if (!window.tocsinHold?.holds(rows[0] || list) && sorted.some((each, n) => each !== rows[n])) list.append(...sorted);
  }
  list.addEventListener("click", event => {
    const fold = event.target.closest("[data-fold]");
    if (!fold) return;
    open.has(fold.dataset.fold) ? open.delete(fold.dataset.fold) : open.add(fold.dataset.fold);
    try { sessionStorage.setItem(KEY, JSON.stringify([...open])); } catch { /* private windows forget */ }
    arrange();
    row(fold.dataset.fold)?.querySelector("[data-fold]")?.focus();
  });
  root.addEventListener("tocsin:settled", arrange);
  arrange();
})();
