// A live board: places cards as HTML, catches up after a gap, and shows how old it is. It never pretends to be fresh.
(() => {
  const root = document.querySelector("[data-board]");
  if (!root) return;
  const board = root.dataset.board, language = root.dataset.language;
  const age = document.querySelector("[data-age]");
  let stream = root.dataset.stream, seq = Number(root.dataset.seq), heard = Date.now(), sounded = false;
  const STALE = 10, GREY = 30, SOUND = 60;

  const slot = id => root.querySelector(`[data-card="${CSS.escape(id)}"]`);
  const parse = html => document.createRange().createContextualFragment(html).firstElementChild;

  function place(id, html) {
    const old = slot(id);
    if (html === null) { if (old) old.remove(); return; }
    const card = parse(html);
    if (old && old.dataset.order === card.dataset.order) { old.replaceWith(card); flash(card); return; }
    if (old) old.remove();
    const home = root.querySelector(`[data-cards="${card.dataset.home || "main"}"]`);
    const next = [...home.children].find(c => c.dataset.order > card.dataset.order);
    home.insertBefore(card, next || null);
    flash(card);
  }
  function flash(card) { card.classList.add("changed"); setTimeout(() => card.classList.remove("changed"), 1500); }
  function fresh() { heard = Date.now(); sounded = false; showAge(); }
  function empty() { root.classList.toggle("is-empty", !root.querySelector("[data-card]")); }

  async function refetch() {
    const answer = await fetch(`/board/cards/${encodeURIComponent(board)}?lang=${language}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) { if (answer.status === 401) location.reload(); return; }
    const state = await answer.json();
    stream = state.stream; seq = state.seq;
    for (const card of root.querySelectorAll("[data-card]")) if (!(card.dataset.card in state.cards)) card.remove();
    for (const [id, html] of Object.entries(state.cards)) place(id, html);
    empty(); gauge(state.gauge); fresh();
  }

  const socket = io("/board", { transports: ["websocket"], auth: tell => tell({ room: board, stream, after: seq, language }) });
  socket.on("update", message => {
    if (message.stream !== stream) return refetch();
    if (message.seq <= seq) return fresh();
    if (message.after > seq) return socket.emit("ask", { stream, after: seq });
    seq = message.seq;
    for (const [id, html] of Object.entries(message.cards)) place(id, html);
    empty(); fresh();
    root.dispatchEvent(new CustomEvent("board:update"));
  });
  socket.on("refetch", refetch);
  socket.on("beat", message => {
    if (message.stream !== stream) return refetch();
    if (message.seq > seq) return socket.emit("ask", { stream, after: seq });
    fresh();
  });
  socket.on("gauge", message => { gauge(message); });
  socket.on("connect_error", error => { if (error.message === "unauthenticated") location.reload(); });

  function gauge(figures) {
    for (const [id, counts] of Object.entries(figures.notices || {})) {
      const meter = root.querySelector(`[data-notice="${id}"]`);
      if (meter) meterOf(meter, counts);
    }
    const system = document.querySelector("[data-system]");
    if (!system || !("engine_age" in figures)) return;
    const old = figures.engine_age === null || figures.engine_age > 15;
    system.classList.toggle("is-late", old || figures.held.length > 0);
    system.querySelector("[data-engine]").textContent = figures.engine_age === null ? "–" : `${figures.engine_age} s`;
    for (const lane of system.querySelectorAll("[data-lane]")) lane.textContent = figures.lanes[lane.dataset.lane] || 0;
    system.querySelector("[data-held]").textContent = figures.held.join(", ");
  }
  function meterOf(meter, counts) {
    const sum = states => states.reduce((total, state) => total + (counts[state] || 0), 0);
    const all = Object.values(counts).reduce((a, b) => a + b, 0), arrived = sum(["delivered"]);
    const told = arrived + sum(["submitted", "sent", "undelivered", "unknown"]);
    const failed = sum(["failed", "undelivered", "expired"]);
    const part = n => all ? `${(100 * n / all).toFixed(1)}%` : "0%";
    meter.querySelector("[data-told]").style.width = part(told - arrived);
    meter.querySelector("[data-arrived]").style.width = part(arrived);
    const format = new Intl.NumberFormat(language);
    meter.querySelector("[data-count]").textContent = `${format.format(arrived)} / ${format.format(all)}`;
    meter.querySelector("[data-failed]").textContent = failed ? format.format(failed) : "";
  }

  function showAge() {
    const seconds = Math.floor((Date.now() - heard) / 1000);
    age.hidden = seconds < STALE;
    age.querySelector("b").textContent = seconds;
    document.body.classList.toggle("is-stale", seconds >= GREY);
    if (seconds >= SOUND && !sounded) { sounded = true; beep(); }
  }
  function beep() {
    root.dispatchEvent(new CustomEvent("board:silent"));
    try {
      const audio = new AudioContext(), tone = audio.createOscillator();
      tone.connect(audio.destination); tone.start(); tone.stop(audio.currentTime + 0.6);
    } catch { /* a browser without sound still shows the age */ }
  }
  setInterval(showAge, 1000);
  window.tocsinBoard = { socket, get seq() { return seq; } };
  gauge(JSON.parse(document.getElementById("gauge").textContent));
  empty();
})();
