// Shows the newest calls: what was said, and a keypad while the call listens for keys. Asks again every second.
const words = JSON.parse(document.getElementById("words").textContent);
const list = document.getElementById("calls");
const template = document.getElementById("call");
const single = new URLSearchParams(location.search).get("phone");
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" });
const cards = new Map();

async function press(href, digits, result) {
  const answer = digits === null
    ? await fetch(href + "/hang-up", { method: "POST" })
    : await fetch(href + "/press", { method: "POST", body: JSON.stringify({ digits }) });
  result.textContent = answer.ok ? "" : (await answer.json()).detail;
}

function newCard(call) {
  const element = template.content.firstElementChild.cloneNode(true);
  element.querySelector("h2 span").textContent = call.masked;
  const result = element.querySelector(".result");
  for (const key of "123456789*0#") {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.addEventListener("click", () => press(call.href, key, result));
    element.querySelector(".keypad").append(button);
  }
  element.querySelector(".hang-up").addEventListener("click", () => press(call.href, null, result));
  cards.set(call.sid, element);
  return element;
}

function draw(call) {
  const element = cards.get(call.sid) ?? newCard(call);
  const state = [clock.format(new Date(call.at)), words["call_" + call.status] ?? call.status];
  element.querySelector("small").textContent = [...state, call.pressed && `${words.pressed} ${call.pressed}`].filter(Boolean).join(" · ");
  const said = element.querySelector(".said");
  if (said.children.length !== call.said.length) {
    said.replaceChildren(...call.said.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  }
  element.querySelector(".keys").hidden = call.over;
  return element;
}

async function refresh() {
  const path = single ? "/api/phones/" + encodeURIComponent(single) + "/calls" : "/api/calls";
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) return;
  const shown = (await answer.json()).items.slice(0, single ? 20 : 6).map(draw);
  if (shown.length !== list.children.length || shown.some((element, at) => list.children[at] !== element)) list.replaceChildren(...shown);
}

async function beat() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(beat, 1000);
}

beat();
