// Rows do not move under somebody's hand: while the pointer or the keyboard's focus is in a list marked data-holds, new rows, removals
// and changes of order wait, and a bar says how many. Rows that are shown go on being renewed in place.
(() => {
  const list = document.querySelector("[data-holds]"), bar = document.querySelector("[data-paused]");
  if (!list || !bar || document.querySelector(".is-wall")) return;
  const IDLE = 60000;
  const waiting = new Map(), gone = new Set(), moved = new Set();
  let pointer = false, touched = 0;

  const inside = () => pointer || (list.contains(document.activeElement) && document.activeElement !== list);
  // Whoever has walked away holds nothing up.
  const held = () => inside() && Date.now() - touched < IDLE;

  function show() {
    const changed = moved.size + gone.size;
    bar.hidden = !(waiting.size + changed);
    bar.textContent = bar.dataset.words.replace("{new}", waiting.size).replace("{moved}", changed);
  }
  function go() {
    if (!(waiting.size + gone.size + moved.size)) return;
    for (const id of gone) list.querySelector(`[data-card="${CSS.escape(id)}"]`)?.remove();
    const fresh = [...waiting.values()];
    waiting.clear(); gone.clear(); moved.clear();
    for (const card of fresh) window.tocsinCards.insert(card);
    for (const card of [...list.children]) window.tocsinCards.insert(card);
    show();
    window.tocsinCards.settle();
  }
  function letGo() { if (!held()) go(); }

  list.addEventListener("pointermove", event => {
    if (event.pointerType !== "touch" && (event.movementX || event.movementY)) { pointer = true; touched = Date.now(); }
  });
  list.addEventListener("pointerdown", () => { touched = Date.now(); });
  list.addEventListener("pointerleave", () => { pointer = false; letGo(); });
  list.addEventListener("focusin", () => { touched = Date.now(); });
  list.addEventListener("keydown", () => { touched = Date.now(); });
  list.addEventListener("focusout", () => setTimeout(letGo));
  bar.addEventListener("click", () => { pointer = false; go(); });
  setInterval(letGo, 1000);

  window.tocsinHold = {
    holds: card => card.parentElement === list && held(),
    takes(card) {
      if (!held()) return false;
      waiting.set(card.dataset.card, card);
      show();
      return true;
    },
    waits: id => waiting.get(id),
    moved(id) { moved.add(id); gone.delete(id); show(); },
    stays(id) { gone.delete(id); show(); },
    removed(card) { gone.add(card.dataset.card); moved.delete(card.dataset.card); card.classList.add("is-gone"); show(); },
    forget(id) { waiting.delete(id); gone.delete(id); moved.delete(id); show(); },
    cards: () => [...waiting.values()],
  };
})();
