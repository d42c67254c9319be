// The palette: finds pages, active incidents and what this page can do, by name. A combobox over a listbox in a modal dialog, which
// keeps the focus and closes by Escape. Every button with data-post or data-command is offered by its accessible name.
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = dialog.querySelector("input"), list = dialog.querySelector("[role=listbox]"), none = dialog.querySelector(".palette-none");
  const words = JSON.parse(list.dataset.words);
  let incidents = [], offered = [], chosen = 0;

  const clean = text => text.replace(/\s+/g, " ").trim();
  const nameOf = element => clean(element.getAttribute("aria-label") || element.innerText || element.textContent || element.title || "");
  const usable = element => !element.disabled && !element.closest("dialog, [hidden]") && element.checkVisibility();

  function use(element) {
    element.focus({ preventScroll: false });
    element.click();
  }
  function actions() {
    const found = [...document.querySelectorAll("[data-post], [data-command]")].filter(usable);
    return found.map(element => ({ group: "actions", icon: "act", name: nameOf(element), run: () => use(element) }));
  }
  function pages() {
    const found = document.querySelectorAll(".rail li a, .menu-body a");
    return [...found].map(link => ({
      group: "pages", icon: link.querySelector("use").getAttribute("href").slice(3), name: clean(link.textContent),
      keys: link.dataset.key, run: () => { location.href = link.href; },
    }));
  }
  function choices() {
    const found = document.querySelectorAll("[data-choice]");
    return [...found].map(button => ({
      group: "choices", icon: button.querySelector("use")?.getAttribute("href").slice(3) || "person",
      name: clean(button.textContent), run: () => button.click(),
    }));
  }
  async function ask() {
    const answer = await fetch("/api/v1/incidents?active=1&limit=200", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const { items } = await answer.json();
    incidents = items.sort((a, b) => a.tier - b.tier).map(each => ({
      group: "incidents", tier: each.tier, run: () => { location.href = `/incidents/${encodeURIComponent(each.number)}`; },
      name: [words.kind[each.kind], each.area?.name, each.number].filter(Boolean).join(" · "),
    }));
    if (dialog.open) draw();
  }

  function matches(offer, asked) {
    const text = offer.name.toLowerCase();
    return asked.every(word => text.includes(word));
  }
  function option(offer, index) {
    const row = document.createElement("div");
    row.id = `offer-${index}`;
    row.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = offer.name;
    row.append(offer.tier ? tier(offer.tier) : picture(offer.icon), name);
    for (const key of offer.keys ? offer.keys.split(" ") : []) row.append(keyOf(key));
    row.addEventListener("pointermove", () => { if (chosen !== index) choose(index); });
    row.addEventListener("click", () => run(index));
    return row;
  }
  function tier(number) {
    const badge = document.createElement("b");
    badge.className = `tier tier-${number}`;
    badge.textContent = words.tier[number];
    return badge;
  }
  function picture(name) {
    const box = document.createElement("template");
    box.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#i-${name}"/></svg>`;
    return box.content;
  }
  function keyOf(key) {
    const shown = document.createElement("kbd");
    shown.setAttribute("aria-hidden", "true");
    shown.textContent = key;
    return shown;
  }

  function draw() {
    const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    offered = [...actions(), ...incidents, ...pages(), ...choices()].filter(offer => offer.name && matches(offer, asked)).slice(0, 60);
    const groups = new Map();
    offered.forEach((offer, index) => {
      if (!groups.has(offer.group)) groups.set(offer.group, heading(offer.group));
      groups.get(offer.group).append(option(offer, index));
    });
    list.replaceChildren(...groups.values());
    none.hidden = offered.length > 0;
    none.textContent = offered.length ? "" : none.dataset.none;
    choose(0);
  }
  function heading(group) {
    const box = document.createElement("div"), title = document.createElement("span");
    title.id = `offers-${group}`;
    title.textContent = list.dataset[group];
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", title.id);
    box.append(title);
    return box;
  }
  function choose(index) {
    chosen = offered.length ? (index + offered.length) % offered.length : 0;
    for (const row of list.querySelectorAll("[role=option]")) row.setAttribute("aria-selected", String(row.id === `offer-${chosen}`));
    const row = document.getElementById(`offer-${chosen}`);
    if (row) field.setAttribute("aria-activedescendant", row.id); else field.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }
  function run(index) {
    const offer = offered[index];
    if (!offer) return;
    dialog.close();
    offer.run();
  }
  function open() {
    if (document.querySelector("dialog[open]")) return;
    field.value = "";
    dialog.showModal();
    field.focus();
    draw();
    ask();
  }

  field.addEventListener("input", draw);
  field.addEventListener("keydown", event => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) choose(chosen + step); else if (event.key === "Enter") run(chosen); else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  for (const button of document.querySelectorAll("[data-palette]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  window.tocsinPalette = { open };
})();
