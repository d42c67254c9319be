// A box that offers while one types: <div data-combo="address?q="> around an input. Options come as <li role=option data-value>.
// Without this script the input keeps its datalist. Up and Down choose, Enter and Tab take, Escape closes.
// With data-many several are chosen, with ; between: what is typed after the last one is asked for.
(() => {
  for (const combo of document.querySelectorAll("[data-combo]")) {
    const input = combo.querySelector("input"), list = document.createElement("ul");
    const many = "many" in combo.dataset, before = () => (many ? input.value.slice(0, input.value.search(/[^;；]*$/)) : "");
    let active = null, asked = 0, typed = false;
    list.className = "combo-list";
    list.id = `${input.id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", combo.querySelector("label").textContent);
    list.hidden = true;
    combo.append(list);
    input.removeAttribute("list");
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
      input.setAttribute(name, value);
    }
    const options = () => [...list.querySelectorAll("[role=option]")];

    function choose(option) {
      active?.setAttribute("aria-selected", "false");
      active = option || null;
      active?.setAttribute("aria-selected", "true");
      active?.scrollIntoView({ block: "nearest" });
      if (active) input.setAttribute("aria-activedescendant", active.id);
      else input.removeAttribute("aria-activedescendant");
    }
    function open(yes) {
      list.hidden = !yes;
      input.setAttribute("aria-expanded", String(yes));
      if (!yes) choose(null);
    }
    function take(option) {
      input.value = many ? `${before().trim()} ${option.dataset.value}; `.trimStart() : option.dataset.value;
      typed = false;
      asked += 1;
      open(false);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    async function offer() {
      const mine = ++asked;
      const answer = await fetch(combo.dataset.combo + encodeURIComponent(input.value.slice(before().length).trim())).catch(() => null);
      if (!answer?.ok || mine !== asked) return;
      const html = await answer.text();
      if (mine !== asked || document.activeElement !== input) return;
      list.replaceChildren(document.createRange().createContextualFragment(html));
      open(true);
      choose(typed ? options()[0] : null);
    }
    function move(step) {
      const all = options();
      if (list.hidden) { offer(); return; }
      choose(all[(all.indexOf(active) + step + all.length) % all.length]);
    }

    if (!many) input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => { typed = true; offer(); });
    input.addEventListener("click", () => { if (list.hidden) offer(); });
    input.addEventListener("blur", () => { asked += 1; open(false); });
    input.addEventListener("keydown", event => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : -1); }
      else if (event.key === "Enter" && active) { event.preventDefault(); take(active); }
      else if (event.key === "Tab" && active && typed) take(active);
      else if (event.key === "Escape") {
        asked += 1; // what is still being asked for opens nothing any more
        if (!list.hidden) { event.stopPropagation(); open(false); }
      }
    });
    list.addEventListener("pointerdown", event => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
  }
})();
