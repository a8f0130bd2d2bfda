// Small comforts; every page works without. Boxes that exclude each other, room left in a text, the sum of shares.
"use strict";
addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox" || !box.checked) return;
  const same = [...document.getElementsByName(box.name)].filter((other) => other !== box && other.type === "checkbox");
  for (const other of same) if (box.dataset.exclusive !== undefined || other.dataset.exclusive !== undefined) other.checked = false;
});
addEventListener("input", (event) => {
  const field = event.target;
  const room = field.dataset.room && field.parentElement.querySelector(".room");
  if (room) room.textContent = room.textContent.replace(/\d+(\s*\/\s*\d+)?/, `${field.value.length} / ${field.dataset.room}`);
  const total = field.closest("fieldset")?.querySelector(".total[data-total]");
  if (total) {
    const numbers = [...field.closest("fieldset").querySelectorAll(".share input")].map((one) => Number(one.value.replace(",", ".")));
    const sum = numbers.every(Number.isFinite) ? Math.round(numbers.reduce((a, b) => a + b, 0) * 1e6) / 1e6 : "–";
    total.textContent = total.textContent.replace(/^(\D*)(?:[\d.,–-]+ \/ )?([\d.,]+)/, `$1${sum} / ${total.dataset.total}`);
  }
});
