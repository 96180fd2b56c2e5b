"use strict";
(() => {
  const worth = (text) => {
    const plain = text.replace(/[,\s%]/g, "").replace("\u2212", "-").replace("<", "");
    return plain !== "" && !Number.isNaN(Number(plain)) ? Number(plain) : null;
  };
  const said = (row, k) => {
    const cell = row.cells[k];
    const count = cell && cell.querySelector("summary");
    return (count || cell || row).textContent.trim();
  };
  const sort = (table, k, down) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, place) => ({ row, place, text: said(row, k) }));
    const numbers = rows.every((one) => one.text === "" || one.text === "\u2013" || worth(one.text) !== null);
    rows.sort((a, b) => {
      const order = numbers
        ? (worth(a.text) ?? -Infinity) - (worth(b.text) ?? -Infinity)
        : a.text.localeCompare(b.text, undefined, { numeric: true, sensitivity: "base" });
      return (Number.isNaN(order) ? 0 : down ? -order : order) || a.place - b.place;
    });
    body.append(...rows.map((one) => one.row));
  };
  const keep = (items, wanted, output) => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
    }
    if (output) output.textContent = words.length ? `${shown} of ${items.length}` : "";
  };
  let count = 0;
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent || "row";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, k, down);
      });
    });
    if (table.tBodies[0].rows.length > 8) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const output = document.createElement("output");
      input.type = "search";
      input.id = `search-${(count += 1)}`;
      output.setAttribute("aria-live", "polite");
      label.className = "search";
      label.append("Search in this table: ", input, " ", output);
      table.before(label);
      input.addEventListener("input", () => keep([...table.tBodies[0].rows], input.value, output));
    }
  }
  for (const input of document.querySelectorAll("input[data-list]")) {
    const list = document.getElementById(input.dataset.list);
    const output = input.closest("p").querySelector("output");
    let later = 0;
    input.addEventListener("input", () => {
      clearTimeout(later);
      later = setTimeout(() => keep([...list.children], input.value, output), 120);
    });
  }
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
