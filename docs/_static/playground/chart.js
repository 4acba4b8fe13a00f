"use strict";
// The chart: curves in SVG, redrawn at each change. A schedule is a function of the step that knows
// where its phases begin and end.

const Chart = (() => {
  const { number, counted } = Display;
  const HEIGHT = 380; // at most, in pixels
  const MARGIN = { top: 30, right: 24, bottom: 46, left: 70, other: 52 };
  const RATE = Display.ROLES.rate; // what the left axis is of; others have the right one
  const LETTER = 7; // the width of a letter in pixels
  const STRIP = 12; // pixels from the top to the middle of the strip above the curves
  const DASHES = ["", "9 4", "3 4", "12 4 2 4"];
  const EVERY = 4000; // the largest number of steps of a run of which every step is computed
  const SAMPLES = 1200; // the number of steps that are computed of a longer run
  const FORMULAS = 1.5e5; // the approximate number of formulas that are computed for a curve
  const SUMMED = 4e6; // and at most for an exact sum
  const GAP = 30; // pixels between step 0 and step 1 on a logarithmic axis of steps
  const BAND = 22; // pixels between the rates that are off a logarithmic axis and the others
  const SMALLEST = 1e-8; // the smallest rate on a logarithmic axis, as a fraction of the highest

  const highest = (rates) => rates.reduce((most, rate) => Math.max(most, rate), 0);

  const SVG = "http://www.w3.org/2000/svg";
  function element(name, attributes, parent, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent?.append(made);
    return made;
  }

  // Sampling -----------------------------------------------------------------------------------

  // Return the steps at which a rate can jump or turn: the breakpoints of the schedule, and where the
  // phases of all its cycles begin.
  function turns(schedule, last) {
    const phases = schedule.phases(last);
    return [...new Set([...schedule.breakpoints(last), ...phases.map(({ start }) => start)])];
  }

  // Return steps and rates: every step of a short run. Of a long run, return a sample, and all steps
  // where the rate changes so fast that it would be seen. The more formulas a rate needs, the fewer.
  function sampled(schedule, last) {
    const most = Math.min(20000, Math.max(300, FORMULAS / Model.effort(schedule)));
    const samples = last <= Math.min(EVERY, most / 2) ? last : Math.min(SAMPLES, most / 2);
    const early = Math.min(100, most / 4);
    const steps = new Set([0, last]);
    for (let i = 0; i <= samples; i++) steps.add(Math.round((last * i) / samples));
    for (let i = 0; i < early; i++) steps.add(Math.round((last + 1) ** (i / early)) - 1);
    for (const t of turns(schedule, last).slice(0, most / 4)) {
      for (const near of [t - 1, t, t + 1]) if (near >= 0 && near <= last) steps.add(near);
    }
    const sorted = [...steps].sort((a, b) => a - b);
    const rates = sorted.map((t) => schedule(t));
    const visible = highest(rates) / HEIGHT;
    const points = [];
    for (let i = 0; i < sorted.length; i++) {
      if (i) refine(sorted[i - 1], rates[i - 1], sorted[i], rates[i]);
      points.push([sorted[i], rates[i]]);
    }
    function refine(a, from, b, to) {
      if (points.length >= most || b - a < 2 || Math.abs(to - from) <= visible) return;
      const middle = Math.floor((a + b) / 2);
      const rate = schedule(middle);
      refine(a, from, middle, rate);
      points.push([middle, rate]);
      refine(middle, rate, b, to);
    }
    return points;
  }

  // Return some steps of a schedule, with those at which its rate can jump or turn among them.
  function keySteps(schedule, last) {
    const edges = turns(schedule, last).slice(0, 60).flatMap((t) => [t - 1, t, t + 1]);
    const spread = Array.from({ length: 65 }, (_, i) => Math.round((last * i) / 64));
    const steps = [...edges, ...spread, last - 1].filter((t) => t >= 0 && t <= last);
    return [...new Set(steps)].sort((a, b) => a - b);
  }

  // Return the sum of the rates of all steps before the last; between distant samples, their mean.
  function area(points) {
    return points.slice(1).reduce((sum, [t, rate], i) => {
      const [before, first] = points[i];
      const mean = (first + rate) / 2;
      return sum + first + (t - before - 1) * mean;
    }, 0);
  }

  // Return the same sum with the rate of every step, unless that takes too many formulas.
  function exactly(schedule, points, last) {
    const end = Math.min(last, schedule.length ?? last);
    if (end * Model.effort(schedule) > SUMMED) return area(points);
    let sum = (last - end) * schedule(end);
    for (let t = 0; t < end; t++) sum += schedule(t);
    return sum;
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

  // A scale has at(), its inverse, and its marks, each a value and its label. That of steps also has
  // back(), the step that is nearest to a position.
  function xScale(last, width, log, factor = 1) {
    const left = MARGIN.left + (log ? GAP : 0);
    const span = width - MARGIN.right - left;
    const whole = log ? Math.log10(Math.max(last, 2)) : last;
    const at = (t) => {
      if (log) return t < 1 ? MARGIN.left : left + (span * Math.log10(t)) / whole;
      return left + (span * t) / whole;
    };
    const inverse = (x) => {
      if (log && x < left - GAP / 2) return 0;
      const fraction = (x - left) / span;
      return log ? 10 ** (Math.max(0, fraction) * whole) : fraction * last;
    };
    const back = (x) => Math.min(last, Math.max(0, Math.round(inverse(x))));
    const steps = (values) => (factor === 1 ? values.filter(Number.isInteger) : values);
    const values = log
      ? [0, ...powers(factor, Math.max(last, 1) * factor)]
      : steps(ticks(last * factor, Math.max(3, width / 130)));
    const label = factor === 1 ? counted : number;
    return { at, inverse, back, marks: values.map((value) => [value / factor, label(value)]) };
  }

  // Return the highest rate, and the lowest one on a logarithmic axis.
  function range(rates) {
    const top = highest(rates) || 1;
    const low = rates
      .filter((rate) => rate > top * SMALLEST)
      .reduce((least, rate) => Math.min(least, rate), top / 10);
    return { top, low };
  }

  function yScale(rates, bottom, log, { top, low } = range(rates)) {
    const labelled = (values) => values.map((rate) => [rate, number(rate)]);
    const above = highest(rates) > top * 1.05;
    const outside = above ? "Rates above the locked axis are not drawn." : "";
    if (!log) {
      const most = top * 1.05;
      const at = (rate) => bottom - ((bottom - MARGIN.top) * rate) / most;
      const inverse = (y) => ((bottom - y) / (bottom - MARGIN.top)) * most;
      return { at, inverse, marks: labelled(ticks(most, 5)), note: outside };
    }
    const none = (rate) => rate < low * (1 - 1e-9); // 1e-9: a mark may be rounded
    const without = rates.filter(none);
    const floor = bottom - (without.length ? BAND : 0);
    const [from, to] = [Math.log10(low) - 0.05, Math.log10(top) + 0.05];
    const at = (rate) =>
      none(rate)
        ? bottom
        : floor - ((floor - MARGIN.top) * (Math.log10(rate) - from)) / (to - from);
    const inverse = (y) =>
      y > floor + BAND / 2 ? 0 : 10 ** (from + ((floor - y) / (floor - MARGIN.top)) * (to - from));
    const marks = labelled(powers(low, top));
    if (!without.length) return { at, inverse, marks, note: outside };
    const zero = highest(without) === 0;
    const label = zero ? "0" : `<${number(low)}`;
    const below = zero
      ? "A logarithmic axis has no 0: rates of 0 are drawn at the bottom, at the mark 0."
      : `Rates below ${number(low)} are drawn at the bottom of the logarithmic axis.`;
    const note = [outside, below].filter(Boolean).join(" ");
    return { at, inverse, marks: [[0, label], ...marks], note, floor };
  }

  // Return the scale of what is not a rate. It need not begin at 0, as a momentum hardly changes.
  function otherScale(values, bottom) {
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [1 / 0, 0]);
    const room = (high - low || high || 1) * 0.08;
    const [from, to] = [Math.max(0, low - room), high + room];
    const at = (value) => bottom - ((bottom - MARGIN.top) * (value - from)) / (to - from);
    const inverse = (y) => from + ((bottom - y) / (bottom - MARGIN.top)) * (to - from);
    const by = ticks(to - from, 5)[1];
    const first = Math.ceil(from / by - 1e-9);
    const count = Math.floor(to / by + 1e-9) - first + 1;
    const marks = Array.from({ length: count }, (_, i) => (first + i) * by);
    return { at, inverse, marks: marks.map((value) => [value, number(value)]) };
  }

  // Drawing ------------------------------------------------------------------------------------

  const ratesOf = (curves) => curves.flatMap(({ points }) => points.map(([, rate]) => rate));

  // A rate is constant during its step, so a corner joins neighbouring steps.
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

  // Two strokes across an axis show that it is broken there.
  function broken(x, y, angle, parent) {
    const place = { class: "pg-break", transform: `translate(${x} ${y}) rotate(${angle})` };
    element("path", { d: "M-5,5L-1,-5M1,5L5,-5", ...place }, parent);
  }

  // Shade every other phase, and write the names of those that are wide enough.
  function shade(svg, phases, x, bottom) {
    const group = element("g", { class: "pg-phases" }, svg);
    phases.forEach(({ start, stop, name }, i) => {
      const [from, to] = [x.at(start), x.at(stop)];
      const place = { x: from, y: MARGIN.top, width: to - from, height: bottom - MARGIN.top };
      if (i % 2 === 0) element("rect", place, group);
      if (to - from < name.length * LETTER + 30) return; // room for the handles at both ends
      const middle = { x: (from + to) / 2, y: STRIP + 4, "text-anchor": "middle" };
      element("text", middle, group, name);
    });
  }

  // Draw curves, each {points, index, active, name}, into an SVG element; "ghost" holds the points of
  // a former curve, "axes" the range of locked ones, "phases" those to be shaded, and "unit" that of
  // the axis. Return the scales, a function that moves the cursor, and a note about the axes.
  function draw(svg, curves, { last, logX, logY, axes: locked, ghost, phases, unit }) {
    const others = curves.filter(({ name }) => name !== RATE);
    const whole = Math.max(280, svg.clientWidth);
    const width = others.length ? whole - MARGIN.other : whole;
    const height = svg.clientHeight || HEIGHT;
    svg.setAttribute("viewBox", `0 0 ${whole} ${height}`);
    svg.replaceChildren();
    const x = xScale(last, width, logX, unit.factor);
    const bottom = height - MARGIN.bottom;
    const edited = curves.find(({ active }) => active);
    const all = ghost ? [...curves, { points: ghost, name: edited.name }] : curves;
    const [ofRates, ofOthers] = [true, false].map((rates) =>
      ratesOf(all.filter(({ name }) => (name === RATE) === rates)),
    );
    const y = yScale(ofRates, bottom, logY, locked);
    const other = others.length ? otherScale(ofOthers, bottom) : undefined;
    const scale = ({ name }) => (name === RATE ? y : other);
    shade(svg, phases, x, bottom);
    const axes = element("g", { class: "pg-axes" }, svg);
    for (const [rate, label] of y.marks) {
      const at = y.at(rate);
      element("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: at, y2: at }, axes);
      const place = { x: MARGIN.left - 8, y: at + 4, "text-anchor": "end", class: "pg-rate" };
      element("text", place, axes, label);
    }
    for (const [step, label] of x.marks) {
      const at = x.at(step);
      element("line", { x1: at, x2: at, y1: bottom, y2: bottom + 5, class: "pg-tick" }, axes);
      const place = { x: at, y: bottom + 20, "text-anchor": "middle", class: "pg-step" };
      element("text", place, axes, label);
    }
    if (logX) broken(MARGIN.left + GAP / 2, bottom, 0, axes);
    if (y.floor) broken(MARGIN.left, (y.floor + bottom) / 2, 90, axes);
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
      unit.name,
    );
    const turned = (x) => ({
      transform: `translate(${x} ${(MARGIN.top + bottom) / 2}) rotate(-90)`,
      "text-anchor": "middle",
      class: "pg-name",
    });
    element("text", turned(12), axes, RATE);
    if (other) {
      const [right, names] = [width - MARGIN.right, others.map(({ name }) => name)];
      element("path", { d: `M${right},${MARGIN.top}V${bottom}`, class: "pg-frame-other" }, axes);
      for (const [value, label] of other.marks) {
        element("text", { x: right + 8, y: other.at(value) + 4, class: "pg-other" }, axes, label);
      }
      element("text", turned(whole - 8), axes, [...new Set(names)].join(", "));
    }
    const [wide, high] = [width - MARGIN.left - MARGIN.right, bottom - MARGIN.top];
    const clip = element("clipPath", { id: "pg-clip" }, svg);
    // somewhat larger, for lines along its edges
    const area = { x: MARGIN.left - 5, y: MARGIN.top - 5, width: wide + 10, height: high + 10 };
    element("rect", area, clip);
    const inside = element("g", { "clip-path": "url(#pg-clip)" }, svg);
    if (ghost) element("path", { d: path(ghost, x, scale(edited)), class: "pg-ghost" }, inside);
    for (const curve of [...curves].sort((a, b) => a.active - b.active)) {
      const { points, index, active } = curve;
      const look = `pg-curve pg-color-${index}${active ? " pg-active" : ""}`;
      const dash = { "stroke-dasharray": DASHES[index] };
      element("path", { d: path(points, x, scale(curve)), class: look, ...dash }, inside);
    }
    const cursor = element("g", { class: "pg-cursor" }, inside);
    const move = (step, rates) => {
      cursor.replaceChildren();
      const at = x.at(step);
      element("line", { x1: at, x2: at, y1: MARGIN.top, y2: bottom }, cursor);
      rates.forEach((rate, i) => {
        const place = { cx: at, cy: scale(curves[i]).at(rate), r: 4.5 };
        element("circle", { ...place, class: `pg-color-${curves[i].index}` }, cursor);
      });
    };
    return { x, y: scale(edited), strip: STRIP, move, note: y.note };
  }

  // A curve without axes, in the colour of the text.
  function thumbnail(points, last, width, height) {
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const top = highest(points.map(([, rate]) => rate)) || 1;
    const x = { at: (t) => 2 + ((width - 4) * t) / last };
    const y = { at: (rate) => height - 2 - ((height - 4) * rate) / top };
    element("path", { d: path(points, x, y), class: "pg-curve" }, svg);
    return svg;
  }

  // A sample of a curve's colour and dashes, to be shown beside its name.
  function swatch(index) {
    const svg = element("svg", { class: "pg-swatch", viewBox: "0 0 30 10", "aria-hidden": "true" });
    element(
      "path",
      { d: "M1,5H29", class: `pg-curve pg-color-${index}`, "stroke-dasharray": DASHES[index] },
      svg,
    );
    return svg;
  }

  return {
    draw,
    sampled,
    keySteps,
    area,
    exactly,
    range: (curves) => range(ratesOf(curves)),
    xScale,
    yScale,
    thumbnail,
    swatch,
  };
})();
