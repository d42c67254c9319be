// The board on a wall, with nobody at it: turns pages when the rows do not fit, keeps the screen awake, shows the operator's time, and
// shifts by a pixel now and then so that nothing burns in. It never moves the focus.
(() => {
  const root = document.querySelector(".is-wall"), list = root?.querySelector("[data-holds]");
  if (!list) return;
  const clock = root.querySelector("[data-wall-clock]"), sign = root.querySelector(".pages[data-pages]");
  const TURN = 10000, DRIFT = 60000, STEPS = [[0, 0], [2, 1], [3, 3], [1, 2], [-1, 1], [-2, -1], [0, -2]];
  const minutes = offset => {
    const [, signed, hours, rest = "0"] = offset.match(/UTC([+−])(\d+)(?::(\d+))?/) || [];
    return hours ? (signed === "−" ? -1 : 1) * (Number(hours) * 60 + Number(rest)) : 0;
  };
  const zone = minutes(clock.nextElementSibling.textContent);
  let page = 0, step = 0;

  function turn(by = 0) {
    const rows = [...list.children].filter(row => !row.classList.contains("is-sifted"));
    for (const row of rows) row.classList.remove("is-other-page");
    const room = list.clientHeight, tall = Math.max(1, ...rows.map(row => row.offsetHeight + parseFloat(getComputedStyle(row).marginBlockEnd)));
    const each = Math.max(1, Math.floor(room / tall)), pages = Math.max(1, Math.ceil(rows.length / each));
    page = (page + by) % pages;
    rows.forEach((row, n) => row.classList.toggle("is-other-page", Math.floor(n / each) !== page));
    sign.hidden = pages === 1;
    sign.textContent = `${page + 1}/${pages}`;
  }
  function tell() {
    const there = new Date(window.tocsinTime.now() + zone * 60000).toISOString();
    clock.textContent = there.slice(11, 19);
  }
  function drift() {
    step = (step + 1) % STEPS.length;
    root.style.translate = STEPS[step].map(each => `${each}px`).join(" ");
  }
  async function stayAwake() {
    try { if (!document.hidden) await navigator.wakeLock?.request("screen"); } catch { /* it sleeps as the machine is set to */ }
  }
  root.addEventListener("tocsin:settled", () => turn());
  root.addEventListener("tocsin:sifted", () => turn());
  addEventListener("resize", () => turn());
  document.addEventListener("visibilitychange", stayAwake);
  setInterval(() => turn(1), TURN);
  setInterval(tell, 1000);
  setInterval(drift, DRIFT);
  stayAwake();
  tell();
  turn();
})();
