// A live board: joins its room, catches up after a gap, and shows how old it is. It never pretends to be fresh.
(() => {
  if (!window.tocsinCards) return;
  const { root, place, settle, gauge } = window.tocsinCards, sound = window.tocsinSound;
  const board = root.dataset.board, language = root.dataset.language;
  const age = document.querySelector("[data-age]"), announce = document.querySelector("[data-announce]");
  const told = document.querySelector("[data-board-age]"), alarms = root.querySelector("[data-cards=alerts]");
  const STALE = 10, GREY = 30, SOUND = 60, GRAVE = 2, SLEPT = 5;
  const TURNED_AWAY = ["unauthenticated", "denied", "not-found"];
  let stream = root.dataset.stream, seq = Number(root.dataset.seq), heard = Date.now(), ticked = Date.now();
  let silent = false, waking = false, joined = Date.now();

  function fresh() {
    if (slept() || waking) return;
    heard = Date.now();
    silent = false;
    showAge();
  }
  function showAge() {
    const seconds = Math.floor((Date.now() - heard) / 1000);
    age.hidden = seconds < STALE;
    age.querySelector("[data-seconds]").textContent = seconds;
    if (told) told.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "second" }).format(seconds);
    document.body.classList.toggle("is-stale", seconds >= GREY);
    if (seconds >= SOUND && !silent) { silent = true; sound.silent(); }
  }
  // A machine that slept wakes with an old board and, in its buffers, old news. Its age is shown at once; it counts as fresh again
  // only once the server has been asked anew.
  function slept() {
    const gap = (Date.now() - ticked) / 1000;
    ticked = Date.now();
    if (gap > SLEPT && Date.now() - heard >= STALE * 1000 && !waking) wake();
    return waking;
  }
  function wake() {
    waking = true;
    showAge();
    socket.io.engine?.close();
    refetch();
  }
  // A line that is cut says nothing. Two missed beats and the board asks again, where a load balancer may lead it to a server that lives.
  function reopen() {
    const quiet = Date.now() - Math.max(heard, joined);
    if (socket.connected && !waking && quiet >= STALE * 1000) socket.io.engine?.close();
  }
  function tick() { if (!slept()) reopen(); showAge(); }

  function put(cards) {
    for (const [id, html] of Object.entries(cards)) {
      const placed = place(id, html);
      if (placed && !alarms && graver(placed)) { announce.textContent = placed.card.dataset.name; sound.alarm(); }
    }
    settle();
  }
  function graver({ old, card }) {
    const tier = Number(card.dataset.tier || 9);
    return tier <= GRAVE && (!old || Number(old.dataset.tier) > tier);
  }

  async function refetch() {
    const answer = await fetch(`/board/state/${encodeURIComponent(board)}?lang=${language}`, { headers: { Accept: "application/json" } })
      .catch(() => null);
    if (answer && (answer.redirected || [401, 403, 404].includes(answer.status))) return location.reload();
    if (!answer || !answer.ok) return setTimeout(refetch, 2000);
    const state = await answer.json();
    stream = state.stream; seq = state.seq;
    for (const card of root.querySelectorAll("[data-card]")) if (!(card.dataset.card in state.cards)) place(card.dataset.card, null);
    window.tocsinTime.set(state.now);
    gauge(state.gauge);
    put(state.cards);
    waking = false;
    ticked = Date.now();
    fresh();
  }
  // What is missed is asked for once: changes that come before the answer would each ask for the same again.
  let asked = 0;
  const ask = () => {
    if (Date.now() - asked < 1000) return;
    asked = Date.now();
    socket.emit("ask", { stream, after: seq });
  };

  const socket = io("/board", {
    transports: ["websocket"], reconnectionDelayMax: 2500, timeout: 5000,
    auth: tell => tell({ room: board, stream, after: seq, language }),
  });
  socket.on("update", message => {
    if (slept()) return;
    if (message.stream !== stream) return refetch();
    if (message.seq > seq) {
      if (message.after > seq) return ask();
      seq = message.seq;
      put(message.cards);
    }
    gauge(message.gauge);
    fresh();
  });
  socket.on("beat", message => {
    if (slept()) return;
    if (message.stream !== stream) return refetch();
    if (message.seq > seq) return ask();
    window.tocsinTime.set(message.at);
    gauge(message.gauge);
    fresh();
  });
  socket.on("gauge", message => gauge(message.gauge));
  socket.on("refetch", refetch);
  socket.on("connect_error", error => {
    if (TURNED_AWAY.includes(error.message)) location.reload();
    else if (error.message === "unavailable") setTimeout(() => socket.connect(), 2000);
  });
  socket.on("connect", () => { root.dataset.joined = "yes"; joined = Date.now(); asked = 0; });
  socket.on("disconnect", () => { root.dataset.joined = "no"; });
  socket.on("disconnect", why => { if (why === "io server disconnect") location.reload(); });

  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  setInterval(tick, 1000);
  gauge(JSON.parse(document.getElementById("gauge").textContent));
  settle();
})();
