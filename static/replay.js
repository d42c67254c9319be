// The replay bar: a slider over a board's life, play, speed, steps from entry to entry, and an address for every moment.
(() => {
  const bar = document.querySelector("[data-replay]"), root = document.querySelector("[data-board]");
  if (!bar || !root || !window.tocsinCards) return;
  const part = name => bar.querySelector(`[data-${name}]`);
  const slider = part("slider"), play = part("play"), speed = part("speed"), share = part("share"), link = part("link");
  const { place, settle, gauge } = window.tocsinCards;
  const frames = window.tocsinFrames(root.dataset.board, root.dataset.language);
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: bar.dataset.zone, dateStyle: "short", timeStyle: "medium" });
  const begin = Number(bar.dataset.begin), end = Number(bar.dataset.end), FIT = 60;
  const shown = new Map();
  let at = Number(bar.dataset.at), moments = [], drawn = -1, busy = false, playing = 0, written = 0;

  function to(ms, { dragged = false } = {}) {
    at = Math.min(end, Math.max(begin, ms));
    if (!dragged) slider.value = at;
    const words = format.format(at);
    slider.setAttribute("aria-valuetext", words);
    part("time").textContent = words;
    part("field").value = words.replace(" ", "T");
    part("entry").textContent = moments.findLast(moment => moment.ms <= at)?.text || "";
    root.dataset.now = new Date(at).toISOString();
    window.tocsinTime.tick();
    clearTimeout(written);
    written = setTimeout(() => history.replaceState(history.state, "", address()), 250);
    draw();
  }
  function address() {
    const here = new URL(location.href);
    here.searchParams.set("at", new Date(at).toISOString());
    return here.href;
  }

  // One stretch is fetched at a time; when it is here, the board of the newest wish is drawn.
  async function draw() {
    if (busy) return;
    busy = true;
    try {
      for (let wanted = frames.index(at); wanted !== drawn; wanted = frames.index(at)) {
        const board = await frames.board(wanted);
        put(board);
        drawn = wanted;
        if (playing) frames.ahead(wanted);
      }
      part("trouble").hidden = true;
    } catch {
      part("trouble").hidden = false;
    } finally { busy = false; }
  }
  function put({ cards, counts }) {
    for (const id of [...shown.keys()]) if (!(id in cards)) { place(id, null); shown.delete(id); }
    for (const [id, html] of Object.entries(cards)) if (shown.get(id) !== html) { place(id, html); shown.set(id, html); }
    settle();
    gauge({ notices: counts });
    for (const meter of root.querySelectorAll("[data-notice]")) meter.classList.toggle("is-unknown", !(meter.dataset.notice in counts));
  }

  function rate() { return speed.value === "fit" ? Math.max(1, (end - begin) / 1000 / FIT) : Number(speed.value); }
  function run(on) {
    cancelAnimationFrame(playing);
    playing = 0;
    bar.toggleAttribute("data-playing", on);
    part("paused").hidden = on;
    part("running").hidden = !on;
    if (!on) return;
    if (at >= end) to(begin);
    let last = performance.now();
    const step = now => {
      to(at + (now - last) * rate());
      last = now;
      if (at >= end) run(false); else playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
  }
  function jump(moment) { run(false); if (moment) to(moment.ms); }

  play.addEventListener("click", () => run(!playing));
  slider.addEventListener("input", () => { run(false); to(Number(slider.value), { dragged: true }); });
  part("back").addEventListener("click", () => jump(moments.findLast(moment => moment.ms < at) || { ms: begin }));
  part("next").addEventListener("click", () => jump(moments.find(moment => moment.ms > at) || { ms: end }));
  share.addEventListener("click", async () => {
    link.value = address();
    try { await navigator.clipboard.writeText(link.value); part("copied").hidden = false; }
    catch { link.hidden = false; link.select(); }
    setTimeout(() => { part("copied").hidden = true; }, 3000);
  });
  part("turns").addEventListener("click", event => {
    const chosen = event.target.closest("[data-ms]");
    if (!chosen) return;
    event.preventDefault();
    jump({ ms: Number(chosen.dataset.ms) });
  });

  function mark() {
    const ticks = part("ticks"), turns = part("turns");
    for (const { ms, group, text } of moments.filter(moment => moment.group !== "entry")) {
      const tick = document.createElementNS("http://www.w3.org/2000/svg", "use"), item = document.createElement("li");
      tick.setAttribute("href", `#tick-${group}`);
      tick.setAttribute("x", `${end > begin ? 100 * (ms - begin) / (end - begin) : 0}%`);
      ticks.append(tick);
      const anchor = item.appendChild(document.createElement("a"));
      anchor.href = `?at=${encodeURIComponent(new Date(ms).toISOString())}`;
      anchor.dataset.ms = ms;
      anchor.append(Object.assign(document.createElement("span"), { className: "num", textContent: format.format(ms) }), ` ${text}`);
      turns.append(item);
    }
  }
  bar.classList.add("is-ready");
  const query = bar.dataset.whole === "yes" ? "" : `from=${begin}&to=${end}`;
  frames.timeline(query).then(found => {
    moments = found.moments;
    mark();
    to(at);
    bar.dataset.loaded = "yes";
  }, () => { part("trouble").hidden = false; });
})();
