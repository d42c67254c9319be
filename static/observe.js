// An observer's notes outlast the network: what is typed is a draft on this phone, what is sent waits here until the server has kept it.
(() => {
  const shown = document.getElementById("watch-waiting");
  const token = document.querySelector("meta[name=csrf-token]");
  const forms = [...document.querySelectorAll("form[data-note]")];
  if (!forms.length || !token) return;
  const place = `tocsin-observe:${forms[0].dataset.person}:${forms[0].dataset.note}`;
  let sending = false;

  const read = () => { try { return JSON.parse(localStorage.getItem(place)) || { notes: [], drafts: {} }; } catch { return { notes: [], drafts: {} }; } };
  const write = kept => { try { localStorage.setItem(place, JSON.stringify(kept)); return true; } catch { return false; } };
  const change = work => { const kept = read(); work(kept); return write(kept); };

  function show() {
    const { notes } = read();
    shown.hidden = notes.length === 0;
    shown.replaceChildren(...notes.map(line));
    if (notes.length) shown.prepend(`${shown.dataset.waiting} ${notes.length}`);
  }
  function line(note) {
    const made = document.createElement("span");
    made.textContent = note.refused ? `${shown.dataset.refused} ${note.body.text} (${note.refused}) ` : note.body.text;
    if (note.refused) made.append(button(shown.dataset.again, () => { change(kept => kept.notes.forEach(each => { delete each.refused; })); flush(); }),
      " ", button(shown.dataset.drop, () => { change(kept => { kept.notes = kept.notes.filter(each => each.body.key !== note.body.key); }); show(); }));
    return made;
  }
  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button"; made.className = "btn btn-sm"; made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }
  function done(note) {
    change(kept => { kept.notes = kept.notes.filter(each => each.body.key !== note.body.key); });
    const list = document.querySelector(`[data-notes="${note.body.objective}"]`), item = document.createElement("li");
    item.textContent = `✓ ${note.body.text}`;
    if (list) list.append(item);
  }
  async function send(note) {
    const body = { ...note.body, ago_s: Math.min(86400, Math.max(0, (Date.now() - note.at) / 1000)) };
    const response = await fetch(forms[0].dataset.note, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.content, Accept: "application/json" },
    });
    if (response.ok) return done(note);
    if (response.status >= 500) return undefined;
    const problem = await response.json().catch(() => ({}));
    change(kept => { for (const each of kept.notes) if (each.body.key === note.body.key) each.refused = `${problem.detail || response.status} ${problem.remedy || ""}`.trim(); });
    return undefined;
  }
  async function flush() {
    if (sending) return;
    sending = true;
    show();
    try { for (const note of read().notes) if (!note.refused) await send(note); } catch { /* no network: they wait */ }
    sending = false;
    show();
  }
  function fresh() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("");
  }
  for (const form of forms) {
    const objective = form.elements.objective.value, text = form.elements.text;
    if (!text.value) text.value = read().drafts[objective] || "";
    text.addEventListener("input", () => change(kept => { kept.drafts[objective] = text.value; }));
    form.addEventListener("submit", event => {
      if (!text.value.trim()) return;
      const inject = form.elements.inject.value;
      const note = { at: Date.now(), body: { objective, text: text.value, key: form.elements.key.value, inject: inject ? Number(inject) : null } };
      if (!change(kept => { kept.notes.push(note); delete kept.drafts[objective]; })) return; // nothing can be kept here: the form sends itself
      event.preventDefault();
      text.value = "";
      form.elements.key.value = fresh();
      flush();
    });
  }
  window.addEventListener("online", flush);
  setInterval(flush, 15000);
  flush();
})();
