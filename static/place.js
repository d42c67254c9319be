// Puts cards where they belong, keeping focus and scroll, and fast counters into their places.
(() => {
  const root = document.querySelector("[data-board]");
  if (!root) return;
  const hold = () => window.tocsinHold;

  const slot = id => root.querySelector(`[data-card="${CSS.escape(id)}"]`);
  const home = card => root.querySelector(`[data-cards="${card.dataset.home || "main"}"]`);
  const parse = html => document.createRange().createContextualFragment(html).firstElementChild;

  function place(id, html) {
    const old = slot(id);
    if (html === null) {
      if (old && hold()?.holds(old)) { hold().removed(old); return null; }
      old?.remove();
      hold()?.forget(id);
      return null;
    }
    const card = parse(html), moves = !old || old.dataset.order !== card.dataset.order;
    if (!old && home(card).hasAttribute("data-holds") && hold()?.takes(card)) return { old: null, card };
    // A row under somebody's hand is renewed where it stands and moves once they have let go.
    if (old) swap(old, card);
    if (hold()?.holds(card)) moves ? hold().moved(id) : hold().stays(id);
    else if (moves && !(old && home(card).matches(":hover") && !home(card).hasAttribute("data-holds"))) insert(card);
    flash(card);
    return { old, card };
  }
  function swap(old, card) {
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const same = active?.dataset.post ? `[data-post="${CSS.escape(active.dataset.post)}"]` : active?.tagName === "A" ? "a" : null;
    const scrolled = [...old.querySelectorAll(".scroll")].map(each => each.scrollTop);
    const open = old.querySelector("details")?.open;
    old.replaceWith(card);
    card.querySelectorAll(".scroll").forEach((each, n) => { each.scrollTop = scrolled[n] || 0; });
    if (open) card.querySelector("details")?.setAttribute("open", "");
    if (same) card.querySelector(same)?.focus({ preventScroll: true });
  }
  function insert(card) {
    const list = home(card);
    const next = [...list.children].find(each => each !== card && each.dataset.order > card.dataset.order);
    if (card.parentElement !== list || card.nextElementSibling !== (next || null)) list.insertBefore(card, next || null);
  }
  for (const list of root.querySelectorAll("[data-cards]:not([data-holds])")) {
    list.addEventListener("pointerleave", () => { for (const card of [...list.children]) insert(card); });
  }
  function flash(card) { card.classList.add("changed"); setTimeout(() => card.classList.remove("changed"), 1500); }

  function settle() {
    root.classList.toggle("is-empty", !root.querySelector(".incident-row"));
    const rows = [...root.querySelectorAll(".incident-row:not(.is-gone)"), ...hold()?.cards() || []];
    for (const count of document.querySelectorAll("[data-tier-count]")) {
      count.textContent = rows.filter(row => row.dataset.tier === count.dataset.tierCount).length;
    }
    gauge();
    window.tocsinTime.tick();
    root.dispatchEvent(new CustomEvent("tocsin:settled"));
  }

  const gauge = figures => window.tocsinGauge(figures);
  window.tocsinCards = { place, insert, settle, gauge, root };
})();
