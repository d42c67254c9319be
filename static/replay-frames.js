// What a board looked like at any moment: its timeline, and stretches of frames that are fetched once and carried forward here.
window.tocsinFrames = (name, language) => {
  const STRETCH = 16, KEPT = 60;
  const stretches = new Map();
  let instants = [];

  async function fetched(address) {
    const answer = await fetch(`${address}&lang=${language}`, { headers: { Accept: "application/json" } });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) { location.reload(); return new Promise(() => {}); }
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }
  async function timeline(query) {
    const found = await fetched(`/board/moments/${encodeURIComponent(name)}?${query}`);
    instants = found.instants;
    return found;
  }
  // The last instant that is not after `ms`; the first where there is none.
  function index(ms) {
    let low = 0, high = instants.length;
    while (low < high) { const middle = (low + high) >> 1; if (instants[middle] <= ms) low = middle + 1; else high = middle; }
    return Math.max(0, low - 1);
  }
  function stretch(number) {
    if (!stretches.has(number)) {
      const from = instants[number * STRETCH], to = instants[Math.min((number + 1) * STRETCH, instants.length) - 1];
      const loading = fetched(`/board/frames/${encodeURIComponent(name)}?from=${from}&to=${to}`).then(answer => answer.frames);
      loading.catch(() => stretches.delete(number));
      stretches.set(number, loading);
      if (stretches.size > KEPT) stretches.delete(stretches.keys().next().value);
    }
    return stretches.get(number);
  }
  // The board at the instant of an index: {cards: {id: html}, counts: {notice: {state: n}}}.
  async function board(at) {
    const number = Math.floor(at / STRETCH), cards = {}, counts = {};
    for (const frame of await stretch(number)) {
      if (frame.ms > instants[at]) break;
      Object.assign(counts, frame.counts);
      for (const [id, html] of Object.entries(frame.cards)) { if (html === null) delete cards[id]; else cards[id] = html; }
    }
    return { cards, counts };
  }
  function ahead(at) {
    const number = Math.floor(at / STRETCH) + 1;
    if (number * STRETCH < instants.length) stretch(number).catch(() => {});
  }
  return { timeline, index, board, ahead };
};
