"use strict";
// The chart as a picture, the rates as a table, and the page as a frame in another page.

const Export = (() => {
  const EVERY = 10000; // the largest number of steps of a run of which each has a row
  const LINE = 20; // the height of a line of the legend in pixels
  const STYLES = [
    "color",
    "fill",
    "fill-opacity",
    "font-family",
    "font-size",
    "stroke",
    "stroke-dasharray",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
  ];
  const SVG = "http://www.w3.org/2000/svg";

  // Return the chart as an SVG file, with the line of each curve below it.
  function svg(chart, items) {
    const copy = chart.cloneNode(true);
    const [shown, copies] = [chart, copy].map((each) => [...each.querySelectorAll("*")]);
    shown.forEach((element, i) => {
      const style = getComputedStyle(element);
      copies[i].setAttribute("style", STYLES.map((name) => `${name}:${style[name]}`).join(";"));
      copies[i].removeAttribute("class");
    });
    copies.find((_, i) => shown[i].matches(".pg-cursor")).remove();
    const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
    const whole = height + LINE * items.length + 10;
    const made = document.createElementNS(SVG, "svg");
    made.setAttribute("viewBox", `0 0 ${width} ${whole}`);
    made.setAttribute("width", width);
    made.setAttribute("height", whole);
    const page = getComputedStyle(document.body);
    const add = (name, attributes, text = "") => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.textContent = text;
      made.append(element);
    };
    add("title", {}, items.map(({ text }) => text).join(", "));
    add("rect", { width, height: whole, fill: page.backgroundColor });
    made.append(...copy.childNodes);
    items.forEach(({ text, slot }, i) => {
      const y = height + LINE * (i + 0.5);
      const curve = getComputedStyle(chart.querySelector(`.pg-curve.pg-color-${slot}`));
      const { stroke, strokeDasharray: dash } = curve;
      add("path", { d: `M20,${y}h30`, stroke, "stroke-width": 2, "stroke-dasharray": dash });
      const font = { "font-family": "monospace", "font-size": 13, fill: page.color };
      add("text", { x: 60, y: y + 4, ...font }, Display.shortened(text));
    });
    return new XMLSerializer().serializeToString(made);
  }

  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

  // Return the rates as comma-separated values: of each step, or of those drawn of a longer run.
  function csv(items, last) {
    const drawn = items.flatMap(({ points }) => points.map(([t]) => t));
    const all = last <= EVERY ? Array.from({ length: last + 1 }, (_, t) => t) : drawn;
    const steps = [...new Set(all)].sort((a, b) => a - b);
    const head = ["step", ...items.map(({ text }) => quoted(text))];
    const rows = steps.map((t) => [t, ...items.map(({ schedule }) => schedule(t))]);
    return [head, ...rows].map((row) => `${row.join(",")}\n`).join("");
  }

  function download(name, type, text) {
    const href = URL.createObjectURL(new Blob([text], { type }));
    Editor.element("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }

  // Return the HTML that shows the chart in another page.
  function frame(items) {
    const address = new URL(location.href);
    address.search = "?embed=1";
    const title = `Learning rate: ${items.map(({ text }) => text).join(", ")}`;
    const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    const height = 450 + 60 * items.length;
    return (
      `<iframe src="${escaped(address.href)}" title="${escaped(title)}" width="100%" ` +
      `height="${height}" style="border: 0" loading="lazy"></iframe>`
    );
  }

  // In a frame, show nothing but the chart, its legend, and a link to the whole page.
  function embed(root) {
    document.documentElement.dataset.embed = "";
    for (let node = root; node !== document.body; node = node.parentElement) {
      for (const other of node.parentElement.children) {
        if (other.matches("h1")) other.classList.add("visually-hidden");
        else if (other !== node) other.style.display = "none";
      }
    }
  }
  const embedded = new URLSearchParams(location.search).has("embed");

  return { svg, csv, download, frame, embed, embedded };
})();
