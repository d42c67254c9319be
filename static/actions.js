// Buttons that act: <button data-post="/api/v1/…" data-body='{}' data-confirm="…" data-ask="reason">. A refusal is shown with its remedy.
(() => {
  const token = document.querySelector("meta[name=csrf-token]");
  const box = document.getElementById("refusal");
  function show(problem) {
    box.querySelector("[data-detail]").textContent = problem.detail || problem.title;
    box.querySelector("[data-remedy]").textContent = problem.remedy || "";
    box.showModal();
  }
  async function post(url, body) {
    const answer = await fetch(url, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.content, Accept: "application/json" },
    });
    if (answer.ok) return true;
    show(await answer.json().catch(() => ({ title: `${answer.status}` })));
    return false;
  }
  const asked = document.getElementById("ask");
  function ask(button) {
    return new Promise(resolve => {
      asked.querySelector("[data-question]").textContent = button.dataset.ask;
      const field = asked.querySelector("[name=answer]");
      field.value = "";
      asked.onclose = () => resolve(asked.returnValue === "ok" ? field.value : null);
      asked.showModal();
    });
  }
  document.addEventListener("click", async event => {
    const button = event.target.closest("[data-post]");
    if (!button) return;
    event.preventDefault();
    const body = JSON.parse(button.dataset.body || "{}");
    if (button.dataset.ask) {
      const answer = await ask(button);
      if (answer === null) return;
      body[button.dataset.field || "reason"] = button.dataset.number ? Number(answer) : answer;
    }
    button.disabled = true;
    const done = await post(button.dataset.post, body);
    button.disabled = false;
    if (done && button.dataset.then) location.assign(button.dataset.then);
  });
})();
