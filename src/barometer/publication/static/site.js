/* What pages do beyond being read: sort tables, narrow the search, choose groups, toggle intervals, take a figure along.
   Nothing is out of reach without it, nothing is sent anywhere, nothing is stored. */
"use strict";
(() => {
  const words = JSON.parse(document.currentScript.dataset.words);
  const language = document.documentElement.lang;
  const make = (name, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };
  const fill = (message, values) => message.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /* --- Search --------------------------------------------------------------------------- */

  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u0309\u030b-\u036f]/g, "");

  function search() {
    const box = document.querySelector(".search");
    if (!box) return;
    box.hidden = false;
    const input = box.querySelector("input");
    const status = box.querySelector("[role=status]");
    const sections = [...document.querySelectorAll(".found")].map((section) => ({
      section,
      entries: [...section.querySelectorAll("li")].map((item) => ({ item, text: plain(item.textContent) })),
    }));
    const narrow = () => {
      const wanted = plain(input.value).split(/\s+/).filter(Boolean);
      let count = 0;
      for (const { section, entries } of sections) {
        let shown = 0;
        for (const { item, text } of entries) {
          item.hidden = !wanted.every((word) => text.includes(word));
          shown += item.hidden ? 0 : 1;
        }
        section.hidden = shown === 0;
        count += shown;
      }
      status.textContent = wanted.length ? fill(status.dataset.found, { count }) : "";
      history.replaceState(null, "", wanted.length ? `#q=${encodeURIComponent(input.value)}` : location.pathname);
    };
    input.addEventListener("input", narrow);
    if (location.hash.startsWith("#q=")) {
      input.value = decodeURIComponent(location.hash.slice(3));
      narrow();
    }
  }

  /* --- Tables --------------------------------------------------------------------------- */

  const decimalMark = (1.5).toLocaleString(language).charAt(1);

  function number(text) {
    const found = text.replace(/\u2212/g, "-").match(/-?\d[\d\s.,\u00a0\u202f]*/);
    if (!found) return null;
    const digits = [...found[0]].filter((one) => /[\d-]/.test(one) || one === decimalMark).join("");
    return Number(digits.replace(decimalMark, "."));
  }

  function order(left, right) {
    const [a, b] = [number(left), number(right)];
    if (a !== null && b !== null) return a - b;
    if (a !== null || b !== null) return a === null ? 1 : -1;
    return left.localeCompare(right, language);
  }

  function sortBy(table, column, downwards) {
    for (const body of table.tBodies) {
      const fixed = [...body.rows].filter((row) => row.classList.contains("whole") || row.cells.length === 1);
      const rows = [...body.rows].filter((row) => !fixed.includes(row));
      const text = (row) => row.cells[column].textContent.trim();
      const byWords = column === 0;
      rows.sort((a, b) => {
        const way = byWords ? text(a).localeCompare(text(b), language) : order(text(a), text(b));
        const blank = !byWords && (number(text(a)) === null) !== (number(text(b)) === null);
        return blank || !downwards ? way : -way;
      });
      body.append(...fixed, ...rows);
    }
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (head.classList.contains("bar-cell")) return;
      const label = head.textContent;
      const button = make("button", { type: "button", className: "sort", title: fill(words.sort, { column: label }) });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const way = now === "descending" || (!now && column === 0) ? "ascending" : "descending";
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", way);
        sortBy(table, column, way === "descending");
      });
    });
  }

  /* --- Figures -------------------------------------------------------------------------- */

  const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size",
    "font-style", "text-anchor"];

  const weight = (style) => (Number(style.fontWeight) >= 600 ? "bold" : "normal"); // few programs know more

  /* The drawing with every length in pixels and every colour spelt out, so that any program can open it. */
  function picture(chart, title) {
    const space = "http://www.w3.org/2000/svg";
    const { width, height } = chart.getBoundingClientRect();
    const margin = 16;
    const top = 42;
    const flat = document.createElementNS(space, "svg");
    const add = (parent, name, attributes) => {
      const node = document.createElementNS(space, name);
      Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
      parent.append(node);
      return node;
    };
    const [wide, high] = [Math.ceil(width + 2 * margin), Math.ceil(height + top + margin)];
    Object.entries({ xmlns: space, width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, lang: language })
      .forEach(([key, value]) => flat.setAttribute(key, value));
    const page = getComputedStyle(document.body);
    add(flat, "rect", { width: wide, height: high, fill: page.backgroundColor });
    const heading = { x: margin, y: 22, fill: page.color, "font-family": page.fontFamily, "font-size": 16, "font-weight": "bold" };
    add(flat, "text", heading).textContent = title;
    const inside = add(flat, "g", { transform: `translate(${margin},${top})` });
    for (const node of chart.querySelectorAll("rect, line, text")) {
      const style = getComputedStyle(node);
      if (style.display === "none") continue;
      const m = node.getCTM();
      const long = (name) => {
        const length = node[name].baseVal;
        return length.numberOfItems === undefined ? length.value : length.numberOfItems ? length.getItem(0).value : 0;
      };
      const at = (x, y) => [m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f];
      let attributes;
      if (node.tagName === "line") {
        const [[x1, y1], [x2, y2]] = [at(long("x1"), long("y1")), at(long("x2"), long("y2"))];
        attributes = { x1, y1, x2, y2 };
      } else if (node.tagName === "rect") {
        const [x, y] = at(long("x"), long("y"));
        attributes = { x, y, width: m.a * long("width"), height: m.d * long("height") };
      } else {
        attributes = { transform: `matrix(${[m.a, m.b, m.c, m.d, m.e, m.f].join(" ")})`, x: long("x"), y: long("y") };
      }
      const copy = add(inside, node.tagName, attributes);
      STYLES.forEach((name) => copy.setAttribute(name, style.getPropertyValue(name)));
      copy.setAttribute("font-weight", weight(style));
      node.childNodes.forEach((child) => {
        const part = child.cloneNode(true);
        if (child.nodeType === 1) {
          const own = getComputedStyle(child);
          ["fill", "font-size", "font-style"].forEach((name) => part.setAttribute(name, own.getPropertyValue(name)));
          part.setAttribute("font-weight", weight(own));
        }
        copy.append(part);
      });
    }
    return { text: new XMLSerializer().serializeToString(flat), wide, high };
  }

  function save(content, name) {
    const link = make("a", { href: content, download: name });
    link.click();
  }

  const inline = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

  function savePng(drawn, name) {
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = make("canvas", { width: 2 * drawn.wide, height: 2 * drawn.high });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL("image/png"), name);
    });
    image.src = inline(drawn.text);
  }

  const tabbed = (table) =>
    [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")).join("\n");

  function tools(figure) {
    const chart = figure.querySelector("svg.chart");
    const table = figure.querySelector("table");
    const title = figure.dataset.figure;
    const name = `${location.pathname.split("/").pop().replace(".html", "")}-${chart.querySelector("title").id.replace(/-t$/, "")}`;
    const status = make("span", { className: "told" });
    status.setAttribute("role", "status");
    const button = (label, act) => {
      const made = make("button", { type: "button", textContent: label });
      made.addEventListener("click", () => act(made));
      return made;
    };
    const bar = make("div", { className: "tools" });
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", fill(words.tools, { title }));
    if (chart.querySelector(".interval")) {
      const toggle = button(words.intervals, (made) => {
        const bare = figure.classList.toggle("bare");
        made.setAttribute("aria-pressed", String(!bare));
      });
      toggle.setAttribute("aria-pressed", "true");
      bar.append(toggle);
    }
    bar.append(button(words.svg, () => save(inline(picture(chart, title).text), `${name}.svg`)));
    bar.append(button(words.png, () => savePng(picture(chart, title), `${name}.png`)));
    if (table && navigator.clipboard) {
      bar.append(button(words.copy, async () => {
        status.textContent = "";
        try {
          await navigator.clipboard.writeText(tabbed(table));
          status.textContent = words.copied;
        } catch {
          status.textContent = words.not_copied;
        }
      }));
    }
    bar.append(status);
    chart.after(bar);
  }

  /* One figure of an indicator at a time, for readers who want that. */
  function choose() {
    const nav = document.querySelector("nav.local");
    if (!nav) return;
    const links = [...nav.querySelectorAll("a")].filter((link) => link.pathname === location.pathname);
    if (links.length < 2) return;
    const figures = links.map((link) => document.getElementById(link.hash.slice(1)).closest(".figure"));
    const select = make("select", {}, make("option", { value: "", textContent: words.all }),
      ...links.map((link, place) => make("option", { value: String(place), textContent: link.textContent })));
    select.addEventListener("change", () => {
      figures.forEach((figure, place) => { figure.hidden = select.value !== "" && select.value !== String(place); });
    });
    select.id = "choose";
    nav.prepend(make("p", { className: "choose" }, make("label", { htmlFor: select.id }, words.choose), " ", select));
    links.forEach((link) => link.addEventListener("click", () => {
      select.value = "";
      figures.forEach((figure) => { figure.hidden = false; });
    }));
  }

  document.addEventListener("DOMContentLoaded", () => {
    search();
    document.querySelectorAll("table.list, table.twin, table.bars").forEach((table) => {
      if (table.querySelectorAll("tbody tr").length > 3) sortable(table);
    });
    document.querySelectorAll(".figure[data-figure]").forEach(tools);
    choose();
  });
})();
