(() => {
  "use strict";
  const tip = document.getElementById("tip");

  const place = (x, y) => {
    const gap = 14;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + gap + width > innerWidth ? x - gap - width : x + gap;
    const top = y + gap + height > innerHeight ? y - gap - height : y + gap;
    tip.style.left = `${Math.max(12, Math.min(left, innerWidth - width - 12))}px`;
    tip.style.top = `${Math.max(8, top)}px`;
  };
  const show = (words, x, y) => {
    if (!words) return;
    tip.textContent = words;
    tip.hidden = false;
    place(x, y);
  };
  let focused = null;
  const beside = (element) => {
    const box = element.getBoundingClientRect();
    show(words.get(element), box.left, box.bottom - 8);
  };
  const hide = () => { tip.hidden = true; focused = null; };

  // What the browser would show slowly and in its own style is shown at once in ours.
  const words = new WeakMap();
  for (const element of document.querySelectorAll(".tip")) {
    const title = [...element.children].find((child) => child.localName === "title");
    words.set(element, title ? title.textContent : element.title);
    if (title) title.textContent = "";
    else {
      element.setAttribute("aria-description", element.title);
      element.removeAttribute("title");
    }
  }
  const told = (event) => event.target instanceof Element && event.target.closest(".tip");
  document.addEventListener("pointerover", (event) => {
    const element = told(event);
    if (element) show(words.get(element), event.clientX, event.clientY);
  });
  document.addEventListener("pointermove", (event) => {
    if (told(event) && !tip.hidden) place(event.clientX, event.clientY);
  });
  document.addEventListener("pointerout", (event) => { if (told(event)) hide(); });
  document.addEventListener("focusin", (event) => {
    const element = told(event);
    if (!element || !element.matches(":focus-visible, :active")) return;
    focused = element;
    beside(element);
  });
  document.addEventListener("click", (event) => {
    const element = told(event);
    if (element && event.detail) show(words.get(element), event.clientX, event.clientY);
    else if (element) beside(element);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  // Focus scrolls the page or a table to what it is on, and the words go along.
  addEventListener("scroll", () => { if (focused) beside(focused); else hide(); }, { passive: true, capture: true });

  // Plots of requests: the mark nearest to the pointer, if one is near.
  const scale = (words) => {
    const [kind, ...rest] = words.split(",");
    const [low, high, start, end] = rest.map(Number);
    return (value) => {
      const inside = Math.min(Math.max(value, low), high);
      const part = kind === "log" ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
      return start + part * (end - start);
    };
  };
  const figure = (value) => value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  const says = ([at, response, first, part, kind]) =>
    `${figure(response)} ms, ${kind}\n${part}, ${figure(at)} s into the run` + (first === null ? "" : `\nfirst token after ${figure(first)} ms`);

  for (const svg of document.querySelectorAll("svg[data-points]")) {
    const across = scale(svg.dataset.x);
    const up = scale(svg.dataset.y);
    const rows = JSON.parse(document.getElementById(`${svg.dataset.points}-points`).textContent);
    const marks = rows.map((row) => ({ x: across(row[0]), y: up(row[1]), row }));
    const halo = svg.querySelector(".halo");
    const away = () => { halo.classList.remove("on"); hide(); };
    svg.addEventListener("pointermove", (event) => {
      if (told(event)) return;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      let near = null;
      let best = 14;
      for (const mark of marks) {
        const distance = Math.hypot(mark.x - at.x, mark.y - at.y);
        if (distance < best) { best = distance; near = mark; }
      }
      if (!near) { away(); return; }
      halo.classList.add("on");
      halo.setAttribute("cx", near.x);
      halo.setAttribute("cy", near.y);
      show(says(near.row), event.clientX, event.clientY);
    });
    svg.addEventListener("pointerleave", away);
  }

  // The table of verdicts, by word and by text.
  const form = document.querySelector(".filter");
  if (!form) return;
  form.hidden = false;
  const rows = [...document.querySelectorAll("#table-verdicts tbody tr")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const text = document.getElementById("filter-text");
  const buttons = [...form.querySelectorAll("button")];
  let word = "";
  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    let left = 0;
    rows.forEach((row, index) => {
      const fits = (!word || row.dataset.word === word) && texts[index].includes(wanted);
      row.hidden = !fits;
      left += fits;
    });
    document.getElementById("filter-count").textContent = `${left} of ${rows.length} shown`;
  };
  const choose = (chosen) => {
    word = chosen;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.word === word));
    apply();
  };
  for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.word));
  for (const link of document.querySelectorAll("a[data-filter]")) link.addEventListener("click", () => choose(link.dataset.filter));
  text.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
