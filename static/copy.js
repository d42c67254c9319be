// A button that copies the words of the element it names; where the browser lets no page write the clipboard, the words are selected instead.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const words = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(words.textContent.trim());
      button.dataset.copied = "";
    } catch {
      getSelection().selectAllChildren(words);
    }
  });
}
