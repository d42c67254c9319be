// Definitions of figures: pressing a name opens them by itself; with this they also come while a pointer rests on the name or it has the
// keyboard's focus, and pressing does not take them away again. Escape closes (WCAG 1.4.13).
(() => {
  const REST = 250;
  let waiting = 0;
  const of = (name) => document.getElementById(name.dataset.definition);
  const open = (name) => { if (!of(name).matches(":popover-open")) of(name).showPopover({ source: name }); };
  const close = (name) => { clearTimeout(waiting); if (of(name).matches(":popover-open")) of(name).hidePopover(); };
  for (const name of document.querySelectorAll("[data-definition]")) {
    name.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") waiting = setTimeout(() => open(name), REST);
    });
    name.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && event.relatedTarget !== of(name)) close(name);
    });
    name.addEventListener("focus", () => { if (name.matches(":focus-visible")) open(name); });
    name.addEventListener("blur", () => close(name));
    name.addEventListener("click", (event) => { event.preventDefault(); clearTimeout(waiting); open(name); });
  }
})();
