// A copy of the archive with progress: the answer is read as it comes, its lines are counted, and the file is handed over when it is whole.
// Without this script the form downloads the same file.
for (const form of document.querySelectorAll("form[data-export]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const shown = form.querySelector(".progress-of");
    button.disabled = true;
    shown.hidden = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new Error(String(answer.status));
      hand(await collected(answer, shown, form.dataset.saying), answer);
    } catch {
      shown.querySelector("output").value = form.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
}

// Each row ends with the reference of this copy, so rows are counted by line ends; quoted ones inside a text may make it run ahead a little.
async function collected(answer, shown, saying) {
  const total = Number(answer.headers.get("X-Total-Count"));
  const bar = shown.querySelector("progress");
  const said = shown.querySelector("output");
  const reader = answer.body.getReader();
  const parts = [];
  let rows = -2;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    for (const byte of value) if (byte === 13) rows += 1;
    bar.max = Math.max(total, 1);
    bar.value = Math.min(total, Math.max(0, rows));
    said.value = `${bar.value} / ${total}`;
  }
  bar.value = bar.max;
  said.value = `${total} ${saying}`;
  return parts;
}

function hand(parts, answer) {
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  link.download = named ? named[1] : "tocsin-archive.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
