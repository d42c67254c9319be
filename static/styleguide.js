// Opens the styleguide's dialog.
document.querySelector("[data-guide-dialog]").addEventListener("click", () => document.getElementById("guide-example").showModal());
