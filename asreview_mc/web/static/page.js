// What every page does by itself: keys, and files dropped. Screening has a script of its own.
"use strict";

const csrf = document.body.dataset.csrf || "";
const KEYS_OFF = "asreview-mc keys off";

function writing(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null;
}

function keysOff() {
  return localStorage.getItem(KEYS_OFF) === "yes";
}

function pressed(event, key) {
  const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return;
  event.preventDefault();
  control.click();
  control.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape" && event.target.matches("input, textarea, select")) {
    event.target.blur();
    document.getElementById("record")?.focus({ preventScroll: true });
    return;
  }
  if (writing(event.target) || keysOff()) return;
  if (window.screening && window.screening.key(event)) return;
  pressed(event, event.key.toLowerCase());
});

for (const form of document.querySelectorAll("form[data-drop]")) {
  const files = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    files.files = event.dataTransfer.files;
  });
  form.addEventListener("submit", () => {
    form.setAttribute("aria-busy", "true");
    form.querySelector("button").textContent = "Reading…";
  });
}
