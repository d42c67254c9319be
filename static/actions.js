// Buttons that act: <button data-post="/api/v1/…" data-body='{}' data-ask="question" data-field="reason">. A refusal shows its remedy,
// and where another person would have to agree it offers the override, with a reason. What was typed is never lost by a refusal.
(() => {
  const token = document.querySelector("meta[name=csrf-token]");
  const asked = document.getElementById("ask"), refusal = document.getElementById("refusal");
  const typed = new Map();

  function post(url, body) {
    return fetch(url, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.content, Accept: "application/json" },
    }).catch(() => new Response("{}", { status: 503 }));
  }
  function answer(dialog, name, before) {
    const field = dialog.querySelector(`[name=${name}]`);
    field.value = before || "";
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise(resolve => { dialog.onclose = () => resolve(dialog.returnValue ? field.value : null); });
  }
  async function question(button) {
    asked.querySelector("[data-question]").textContent = button.dataset.ask;
    const given = await answer(asked, "answer", typed.get(button.dataset.post));
    if (given !== null) typed.set(button.dataset.post, given);
    return button.dataset.number && given !== null ? Number(given.replace(/\D/g, "")) : given;
  }
  async function refused(response, reason) {
    const problem = await response.json().catch(() => ({ title: String(response.status) }));
    refusal.querySelector("[data-detail]").textContent = problem.detail || problem.title;
    refusal.querySelector("[data-remedy]").textContent = problem.remedy || "";
    for (const each of refusal.querySelectorAll("[data-override]")) each.hidden = response.status !== 403;
    return answer(refusal, "reason", reason);
  }
  async function act(button) {
    const body = JSON.parse(button.dataset.body || "{}");
    if (button.dataset.ask) {
      const given = await question(button);
      if (given === null) return;
      body[button.dataset.field || "reason"] = given;
    }
    const response = await post(button.dataset.post, body);
    if (response.ok) { typed.delete(button.dataset.post); return; }
    const reason = await refused(response, body.reason);
    if (reason) {
      const again = await post(button.dataset.post, { ...body, override: true, reason });
      if (again.ok) typed.delete(button.dataset.post);
      else await refused(again, reason);
    }
  }
  document.addEventListener("click", async event => {
    const button = event.target.closest("[data-post]");
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    try { await act(button); } finally { button.disabled = false; }
  });
  window.tocsinPost = { post, refused };
})();
