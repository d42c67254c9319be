// Shows the phones used last (or one phone), asks again every second, and sends replies.
// While somebody types, cards keep their places: nothing moves under a hand.
const words = JSON.parse(document.getElementById("words").textContent);
const list = document.getElementById("phones");
const template = document.getElementById("phone");
const search = document.getElementById("search");
const single = new URLSearchParams(location.search).get("phone");
const lang = new URLSearchParams(location.search).get("lang");
const cards = new Map();
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" });
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
const figure = new Intl.NumberFormat(document.documentElement.lang);

const pageOf = (query) => "/?" + new URLSearchParams({ ...(lang && { lang }), ...query });
const show = (element, shown) => { element.hidden = !shown; };

function counted(count, word) {
  const item = document.createElement("span");
  const shown = document.createElement("b");
  shown.textContent = figure.format(count);
  item.append(shown, ` ${word}`);
  return item;
}

const faultName = (kind) => {
  const [head, code] = kind.split(":");
  return words["fault_" + kind] ?? (code && words["fault_" + head] ? `${words["fault_" + head]} ${words["call_" + code] ?? code}` : kind);
};
const fault = ({ kind, rate, struck }) => `${faultName(kind)} ${percent.format(rate)} (${figure.format(struck)})`;

function bubble(text, isNew) {
  const item = document.createElement("li");
  item.className = text.direction + (isNew ? " new" : "");
  item.append(text.body);
  const note = document.createElement("span");
  note.className = text.error ? "bad" : "";
  note.textContent = [clock.format(new Date(text.at)), words[text.status] ?? text.status, text.error]
    .filter(Boolean).join(" · ");
  item.append(note);
  return item;
}

async function reply(card, event) {
  event.preventDefault();
  const field = card.element.querySelector("input");
  const result = card.element.querySelector(".result");
  if (!field.value) return;
  const answer = await fetch(card.href + "/reply", { method: "POST", body: JSON.stringify({ body: field.value }) });
  const told = await answer.json();
  if (told.delivered) field.value = "";
  result.textContent = answer.ok ? (told.delivered ? words.sent_ok : `${words.sent_bad} (${told.answer})`) : told.detail;
  await refresh();
}

function newCard(phone) {
  const element = template.content.firstElementChild.cloneNode(true);
  const card = { element, href: phone.href, shown: "", seen: new Set() };
  const link = element.querySelector("h2 a");
  link.href = pageOf({ phone: decodeURIComponent(phone.href.split("/").pop()) });
  link.textContent = phone.masked;
  link.title = words.open;
  element.querySelector("form").addEventListener("submit", (event) => reply(card, event));
  cards.set(phone.href, card);
  return card;
}

function draw(phone) {
  const card = cards.get(phone.href) ?? newCard(phone);
  const state = JSON.stringify(phone.messages);
  if (state !== card.shown) {
    const first = card.shown === "";
    const items = phone.messages.map((text) => bubble(text, !first && !card.seen.has(text.sid)));
    card.element.querySelector(".bubbles").replaceChildren(...items);
    card.element.querySelector("small").textContent = `${figure.format(phone.count)} ${words.messages}`;
    card.seen = new Set(phone.messages.map((text) => text.sid));
    card.shown = state;
  }
  return card.element;
}

function place(elements) {
  const moved = list.children.length !== elements.length
    || elements.some((element, index) => list.children[index] !== element);
  const field = document.activeElement;
  const typing = list.contains(field) && Boolean(field.value);
  show(document.getElementById("paused"), moved && typing);
  if (!moved || typing) return;
  list.replaceChildren(...elements);
  if (list.contains(field)) field.focus({ preventScroll: true });
  for (const [href, card] of cards) if (!card.element.isConnected) cards.delete(href);
}

async function phones() {
  if (!single) return (await ask("/api/phones?limit=50&bubbles=5&q=" + encodeURIComponent(search.value))).items;
  const href = "/api/phones/" + encodeURIComponent(single);
  const { items, number } = await ask(href + "/messages?limit=200");
  return [{ href, masked: number, count: items.length, messages: items }];
}

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(path);
  return answer.json();
}

async function refresh() {
  const [found, stats, faults] = await Promise.all([phones(), ask("/api/stats"), ask("/api/faults")]);
  place(found.map(draw));
  const trouble = document.getElementById("faults");
  trouble.textContent = `${words.faults} ${faults.items.map(fault).join(" · ")}`;
  show(trouble, faults.items.length > 0);
  const empty = document.getElementById("empty");
  empty.textContent = search.value ? words.none_found : words.empty;
  show(empty, found.length === 0);
  document.getElementById("figures").replaceChildren(...[
    [stats.phones, words.phones], [stats.accepted, words.accepted],
    [stats.callbacks_sent, words.receipts], [stats.callbacks_waiting, words.waiting],
  ].map(([count, word]) => counted(count, word)));
}

async function beat() {
  try {
    if (!document.hidden) await refresh();
    show(document.getElementById("stale"), false);
  } catch {
    show(document.getElementById("stale"), true);
  }
  setTimeout(beat, 1000);
}

list.classList.toggle("single", Boolean(single));
show(search, !single);
show(document.querySelector("label[for=search]"), !single);
const all = document.getElementById("all");
all.href = pageOf({});
show(all, Boolean(single));
const language = document.querySelector(".language");
if (single) language.href += "&" + new URLSearchParams({ phone: single });
search.addEventListener("input", () => refresh().catch(() => {}));
beat();
