"use strict";
// The chart: curves in SVG, drawn anew for each change. Nothing here knows about schedules but that
// they are functions of the step.

const Chart = (() => {
  const HEIGHT = 380; // at most, in pixels
  const MARGIN = { top: 12, right: 24, bottom: 46, left: 70 };
  const DASHES = ["", "9 4", "3 4", "12 4 2 4"];
  const SAMPLES = 1200;

  const SVG = "http://www.w3.org/2000/svg";
  function element(name, attributes, parent, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent?.append(made);
    return made;
  }

  // Numbers as a reader wants them: three digits, a true minus, thousands apart.
  function number(x) {
    if (x === 0) return "0";
    const text = Math.abs(x) < 1e-3 || Math.abs(x) >= 1e6 ? x.toExponential(2) : x.toPrecision(3);
    return text
      .replace(/\.?0+(?=$|e)/, "")
      .replace(/e\+?/, "e")
      .replaceAll("-", "−");
  }
  const counted = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

  // Sampling -----------------------------------------------------------------------------------

  // Return the steps at which something may happen: the times that a schedule's parameters speak of,
  // alone, counted from one another, and again and again where it repeats.
  function breakpoints(schedule, last) {
    const found = new Set();
    const rows = LRS.parameters(LRS.type(schedule)).map((p) => [
      p.name,
      p.kind.unit,
      schedule[p.name],
    ]);
    const inner = new Set([0]);
    for (const [, , value] of rows) {
      if (value instanceof LRS.Schedule) breakpoints(value, last).forEach((t) => inner.add(t));
    }
    for (const [name, unit, value] of rows.filter(([, unit]) => unit === "steps")) {
      for (const time of [value].flat()) {
        const again = name === "every" ? Math.min(200, last / time) : 1;
        for (const t of inner) {
          if (found.size > 2000) break;
          for (let i = 0; i <= again; i++) found.add(i * time + t);
          if (name === "steps_per_epoch") found.add(time * t);
        }
      }
    }
    if (schedule.growth && schedule.growth !== 1) schedule._cycles.forEach(([t]) => found.add(t));
    inner.forEach((t) => found.add(t));
    return found;
  }

  // Return how many formulas a rate takes: cycles that grow are each computed for every step.
  function effort(schedule) {
    const times = schedule.growth && schedule.growth !== 1 ? schedule._cycles.length : 1;
    const inner = LRS.parameters(LRS.type(schedule)).map((p) => schedule[p.name]);
    return (
      1 + times * inner.reduce((sum, it) => sum + (it instanceof LRS.Schedule ? effort(it) : 0), 0)
    );
  }

  // Return steps and rates: every step of a short run; of a long one enough, and every step where
  // the rate falls or rises so fast that it would show.
  function sampled(schedule, last) {
    const most = Math.min(20000, Math.max(600, 1e5 / effort(schedule)));
    const samples = Math.min(SAMPLES, most / 2);
    const steps = new Set([0, last]);
    for (let i = 0; i <= samples; i++) steps.add(Math.round((last * i) / samples));
    for (let i = 0; i < 100; i++) steps.add(Math.round((last + 1) ** (i / 99)) - 1);
    for (const t of [...breakpoints(schedule, last)].slice(0, most / 4)) {
      for (const near of [t - 1, t, t + 1]) if (near >= 0 && near <= last) steps.add(near);
    }
    const sorted = [...steps].sort((a, b) => a - b);
    const rates = sorted.map((t) => schedule(t));
    const visible = Math.max(...rates) / HEIGHT;
    const points = [];
    for (let i = 0; i < sorted.length; i++) {
      if (i && points.length < most) refine(sorted[i - 1], rates[i - 1], sorted[i], rates[i]);
      points.push([sorted[i], rates[i]]);
    }
    function refine(a, from, b, to) {
      if (b - a < 2 || Math.abs(to - from) <= visible) return;
      const middle = Math.floor((a + b) / 2);
      const rate = schedule(middle);
      refine(a, from, middle, rate);
      points.push([middle, rate]);
      refine(middle, rate, b, to);
    }
    return points;
  }

  // Return the sum of the rates of all steps before the last; between distant samples, their mean.
  function area(points) {
    return points.slice(1).reduce((sum, [t, rate], i) => {
      const [before, first] = points[i];
      const mean = (first + rate) / 2;
      return sum + first + (t - before - 1) * mean;
    }, 0);
  }

  // Scales -------------------------------------------------------------------------------------

  function ticks(most, wanted) {
    const rough = most / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const by = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough) * power;
    return Array.from({ length: Math.floor(most / by + 1e-9) + 1 }, (_, i) => i * by);
  }
  function powers(low, high) {
    const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.ceil((to - from + 1) / 7);
    return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)).filter(
      (_, i) => i % every === 0,
    );
  }

  function xScale(last, width, log) {
    const span = width - MARGIN.left - MARGIN.right;
    const whole = log ? Math.log10(Math.max(last, 2)) : last;
    const at = (t) => MARGIN.left + (span * (log ? Math.log10(Math.max(t, 1)) : t)) / whole;
    const back = (x) => {
      const part = Math.min(1, Math.max(0, (x - MARGIN.left) / span));
      return Math.min(last, Math.round(log ? (part ? 10 ** (part * whole) : 0) : part * last));
    };
    const marks = log
      ? powers(1, last)
      : ticks(last, Math.max(3, width / 130)).filter(Number.isInteger);
    return { at, back, marks };
  }

  function yScale(rates, bottom, log) {
    const top = Math.max(...rates) || 1;
    const span = bottom - MARGIN.top;
    if (!log) {
      const most = top * 1.05;
      return { at: (r) => bottom - (span * r) / most, marks: ticks(most, 5) };
    }
    const positive = rates.filter((r) => r > top * 1e-8);
    const low = Math.min(...positive, top / 10);
    const [from, to] = [Math.log10(low) - 0.05, Math.log10(top) + 0.05];
    const at = (r) => bottom - (span * (Math.log10(Math.max(r, low / 1.2)) - from)) / (to - from);
    const marks = powers(low, top);
    return { at: (r) => Math.min(bottom, at(r)), marks };
  }

  // Drawing ------------------------------------------------------------------------------------

  // A rate holds for its whole step: neighbouring steps are joined by a corner.
  function path(points, x, y) {
    const [[first, rate], ...others] = points;
    let before = first;
    let text = `M${x.at(first).toFixed(1)},${y.at(rate).toFixed(1)}`;
    for (const [t, r] of others) {
      const [px, py] = [x.at(t).toFixed(1), y.at(r).toFixed(1)];
      text += t - before === 1 ? `H${px}V${py}` : `L${px},${py}`;
      before = t;
    }
    return text;
  }

  // Draw curves, each {points, index, active}, into an SVG element, and return the scale of steps.
  function draw(svg, curves, { last, logX, logY }) {
    const width = Math.max(280, svg.clientWidth);
    const height = svg.clientHeight || HEIGHT;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();
    const x = xScale(last, width, logX);
    const bottom = height - MARGIN.bottom;
    const y = yScale(curves.flatMap((c) => c.points.map(([, rate]) => rate)), bottom, logY);
    const axes = element("g", { class: "pg-axes" }, svg);
    for (const mark of y.marks) {
      const at = y.at(mark);
      element("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: at, y2: at }, axes);
      element("text", { x: MARGIN.left - 8, y: at + 4, "text-anchor": "end" }, axes, number(mark));
    }
    for (const mark of x.marks) {
      const at = x.at(mark);
      element("line", { x1: at, x2: at, y1: bottom, y2: bottom + 5, class: "pg-tick" }, axes);
      element("text", { x: at, y: bottom + 20, "text-anchor": "middle" }, axes, counted(mark));
    }
    element(
      "path",
      { d: `M${MARGIN.left},${MARGIN.top}V${bottom}H${width - MARGIN.right}`, class: "pg-frame" },
      axes,
    );
    const middle = (MARGIN.left + width - MARGIN.right) / 2;
    element(
      "text",
      { x: middle, y: height - 6, "text-anchor": "middle", class: "pg-name" },
      axes,
      "step",
    );
    const turned = { transform: `translate(12 ${(MARGIN.top + bottom) / 2}) rotate(-90)` };
    element(
      "text",
      { ...turned, "text-anchor": "middle", class: "pg-name" },
      axes,
      "learning rate",
    );
    for (const { points, index, active } of [...curves].sort((a, b) => a.active - b.active)) {
      const dash = { "stroke-dasharray": DASHES[index] };
      element(
        "path",
        {
          d: path(points, x, y),
          class: `pg-curve pg-color-${index}${active ? " pg-active" : ""}`,
          ...dash,
        },
        svg,
      );
    }
    const cursor = element("g", { class: "pg-cursor" }, svg);
    const move = (step, rates) => {
      cursor.replaceChildren();
      const at = x.at(step);
      element("line", { x1: at, x2: at, y1: MARGIN.top, y2: bottom }, cursor);
      rates.forEach(([rate, index]) =>
        element("circle", { cx: at, cy: y.at(rate), r: 4.5, class: `pg-color-${index}` }, cursor),
      );
    };
    return { back: x.back, move };
  }

  // A sample of a curve's colour and dashes, for what stands beside its name.
  function swatch(index) {
    const svg = element("svg", { class: "pg-swatch", viewBox: "0 0 30 10", "aria-hidden": "true" });
    element(
      "path",
      { d: "M1,5H29", class: `pg-curve pg-color-${index}`, "stroke-dasharray": DASHES[index] },
      svg,
    );
    return svg;
  }

  return { draw, sampled, area, number, counted, swatch };
})();
