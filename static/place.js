// Puts cards where they belong, keeping focus and scroll, and fast counters into their places.
(() => {
  const root = document.querySelector("[data-board]");
  if (!root) return;
  const system = document.querySelector("[data-system]");
  const format = new Intl.NumberFormat(document.documentElement.lang);
  let figures = {};

  const slot = id => root.querySelector(`[data-card="${CSS.escape(id)}"]`);
  const home = card => root.querySelector(`[data-cards="${card.dataset.home || "main"}"]`);
  const parse = html => document.createRange().createContextualFragment(html).firstElementChild;

  function place(id, html) {
    const old = slot(id);
    if (html === null) { old?.remove(); return null; }
    const card = parse(html), moves = !old || old.dataset.order !== card.dataset.order;
    // A row under somebody's pointer is renewed where it stands and moves once the pointer has left.
    if (old) swap(old, card);
    if (moves && !(old && home(card).matches(":hover"))) insert(card);
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
  for (const list of root.querySelectorAll("[data-cards]")) {
    list.addEventListener("pointerleave", () => { for (const card of [...list.children]) insert(card); });
  }
  function flash(card) { card.classList.add("changed"); setTimeout(() => card.classList.remove("changed"), 1500); }

  function settle() {
    root.classList.toggle("is-empty", !root.querySelector("[data-card]"));
    for (const count of document.querySelectorAll("[data-tier-count]")) {
      count.textContent = root.querySelectorAll(`.incident-row[data-tier="${count.dataset.tierCount}"]`).length;
    }
    gauge(figures);
    window.tocsinTime.tick();
  }

  function gauge(given) {
    figures = given || figures;
    for (const [id, counts] of Object.entries(figures.notices || {})) {
      const meter = root.querySelector(`[data-notice="${id}"]`);
      if (meter) fill(meter, counts);
    }
    if (system && "engine_at" in figures) machinery(figures);
  }
  function fill(meter, counts) {
    const sum = states => states.reduce((total, state) => total + (counts[state] || 0), 0);
    const all = sum(Object.keys(counts)), arrived = sum(["delivered"]);
    const told = arrived + sum(["submitted", "sent", "undelivered", "unknown"]);
    const missed = sum(["failed", "undelivered", "expired", "unknown"]);
    const part = n => all ? `${(100 * n / all).toFixed(1)}%` : "0%";
    meter.querySelector("[data-told]").style.width = part(told - arrived);
    meter.querySelector("[data-arrived]").style.width = part(arrived);
    meter.querySelector("[data-count]").textContent = `${format.format(arrived)} / ${format.format(all)}`;
    meter.querySelector("[data-failed]").textContent = format.format(missed);
    meter.querySelector("[data-failed-row]").hidden = !missed;
  }
  function machinery({ engine_at, lanes, held }) {
    const age = engine_at === null ? null : Math.max(0, Math.round((window.tocsinTime.now() - Date.parse(engine_at)) / 1000));
    system.classList.toggle("is-late", age === null || age > 15 || held.length > 0);
    system.querySelector("[data-engine]").textContent = age === null ? "–" : `${age} s`;
    for (const lane of system.querySelectorAll("[data-lane]")) lane.textContent = format.format(lanes[lane.dataset.lane] || 0);
    system.querySelector("[data-held]").textContent = held.join(", ");
    system.querySelector("[data-held-row]").hidden = !held.length;
  }
  setInterval(() => { if (system && "engine_at" in figures) machinery(figures); }, 1000);
  window.tocsinCards = { place, settle, gauge, root };
})();
