// The filter of the command board's rows, by tier, kind and area. It lives in the address, so that a wall or a colleague gets the same.
(() => {
  const form = document.querySelector("[data-sieve]"), root = document.querySelector("[data-board]");
  if (!form) return;
  const shown = form.querySelector("[data-shown]"), clear = form.querySelector("[data-clear]"), wall = document.querySelector("[data-wall-link]");
  const NAMES = ["tier", "kind", "area"];
  const { elements } = form;
  const set = text => new Set(text.split(" ").filter(Boolean));

  function passes(row) {
    if (elements.tier.value && row.dataset.tier !== elements.tier.value) return false;
    if (elements.kind.value && row.dataset.kind !== elements.kind.value) return false;
    const area = elements.area.selectedOptions[0];
    if (!area?.value) return true;
    // It lies within the chosen area, or what it hits holds the chosen one.
    const chain = area.dataset.chain.split(" "), direct = set(row.dataset.direct);
    return set(row.dataset.within).has(chain[0]) || chain.some(each => direct.has(each));
  }
  function sift() {
    const rows = [...document.querySelectorAll(".incident-row")];
    for (const row of rows) row.classList.toggle("is-sifted", !passes(row));
    const left = rows.filter(row => !row.classList.contains("is-sifted")).length;
    const filtered = NAMES.some(name => elements[name].value);
    shown.textContent = filtered ? shown.dataset.words.replace("{shown}", left).replace("{all}", rows.length) : "";
    clear.hidden = !filtered;
    root.dispatchEvent(new CustomEvent("tocsin:chosen", { detail: elements.area.value }));
    root.dispatchEvent(new CustomEvent("tocsin:sifted"));
  }
  function remember() {
    const address = new URL(location.href);
    for (const name of NAMES) elements[name].value ? address.searchParams.set(name, elements[name].value) : address.searchParams.delete(name);
    history.replaceState(null, "", tidy(address));
    sift();
    link();
  }
  const tidy = address => address.href.replace("wall=&", "wall&").replace(/wall=$/, "wall");
  function link() {
    if (!wall) return;
    const address = new URL(wall.getAttribute("href"), location.href);
    for (const name of NAMES) elements[name].value ? address.searchParams.set(name, elements[name].value) : address.searchParams.delete(name);
    wall.href = tidy(address);
  }
  const asked = new URLSearchParams(location.search);
  for (const name of NAMES) {
    const wanted = asked.get(name) || "";
    elements[name].value = [...elements[name].options].some(option => option.value === wanted) ? wanted : "";
  }
  form.addEventListener("change", remember);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(remember));
  root.addEventListener("tocsin:area", event => {
    elements.area.value = elements.area.value === event.detail ? "" : event.detail;
    remember();
  });
  root.addEventListener("tocsin:settled", sift);
  sift();
  link();
})();
