// Shortcuts: Ctrl-K opens the palette; ? lists the keys, / searches, and <a or button data-key="g b"> is used by its keys. Single
// letters never act while somebody types or in a dialog, and not at all in a browser where they are turned off (WCAG 2.1.4).
(() => {
  const PATIENCE = 1500;
  const help = document.getElementById("shortcuts"), on = document.body.dataset.shortcuts !== "off";
  const mac = /mac|iphone|ipad/i.test(navigator.platform);
  let begun = "", since = 0;

  if (mac) for (const each of document.querySelectorAll("[data-meta]")) each.textContent = "⌘ K";
  for (const each of document.querySelectorAll("[data-shortcuts-list]")) {
    each.hidden = false;
    each.addEventListener("click", list);
  }

  const busy = target => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")
    || document.querySelector("dialog[open]");
  const usable = element => !element.disabled && (element.matches("a") || element.checkVisibility());

  function search() {
    const field = [...document.querySelectorAll("main input[type=search]")].find(each => each.checkVisibility());
    if (!field) return window.tocsinPalette.open();
    field.focus();
    field.select();
  }
  function list() {
    const rows = help.querySelector(".keys");
    for (const old of rows.querySelectorAll("[data-listed]")) old.remove();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (!usable(element)) continue;
      const keys = document.createElement("dt"), name = document.createElement("dd");
      for (const key of element.dataset.key.split(" ")) {
        const shown = document.createElement("kbd");
        shown.textContent = key;
        keys.append(shown, " ");
      }
      name.textContent = (element.getAttribute("aria-label") || element.textContent).trim();
      keys.dataset.listed = name.dataset.listed = "";
      rows.append(keys, name);
    }
    help.querySelector("[data-off]").hidden = on;
    help.showModal();
  }
  function pressed(key) {
    const keys = Date.now() - since < PATIENCE && begun ? `${begun} ${key}` : key;
    const known = [...document.querySelectorAll("[data-key]")].filter(usable);
    const found = known.find(each => each.dataset.key === keys);
    const goesOn = known.some(each => each.dataset.key.startsWith(`${key} `));
    begun = !found && goesOn ? key : "";
    since = Date.now();
    if (found) { found.focus(); found.click(); }
    return Boolean(found) || goesOn;
  }

  document.addEventListener("keydown", event => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return window.tocsinPalette.open();
    }
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat || busy(event.target)) return;
    if (event.key === "?") list();
    else if (event.key === "/") search();
    else if (!/^[a-z0-9]$/.test(event.key) || !pressed(event.key)) return;
    event.preventDefault();
  });
})();
