"use strict";
// The memory of AdamW's weights. Each step multiplies them by one minus the learning rate times the
// weight decay, and adds an update: the weights are a moving average of the updates.

const Memory = (() => {
  const { number, counted } = Display;
  const [WIDTH, HEIGHT] = [320, 80];
  const USUAL = 0.1; // the weight decay of most large language models

  // Return the points of a curve with the logarithm of what is left, at the end, of the weights
  // before each step. It adds up the decay of every step; between distant samples, their mean.
  function logsLeft(points, decay) {
    const loss = ([, rate]) => Math.log1p(-rate * decay);
    const logs = points.map(() => 0);
    for (let i = points.length - 2; i >= 0; i--) {
      const [from, to] = [points[i], points[i + 1]];
      logs[i] = logs[i + 1] + loss(from) + ((to[0] - from[0] - 1) * (loss(from) + loss(to))) / 2;
    }
    return points.map(([t], i) => [t, logs[i]]);
  }

  // Return the logarithm at a step, and the first step at which it is at least a value.
  function at(logs, step) {
    const i = Math.max(1, logs.findIndex(([t]) => t >= step));
    const [[from, a], [to, b]] = [logs[i - 1], logs[i]];
    return a + ((b - a) * (step - from)) / (to - from);
  }
  function reached(logs, value) {
    const i = Math.max(1, logs.findIndex(([, log]) => log >= value - 1e-12));
    const [[from, a], [to, b]] = [logs[i - 1], logs[i]];
    const between = from + ((to - from) * (value - a)) / (b - a);
    return b === a ? to : Math.min(to, Math.ceil(between - 1e-9));
  }

  const percent = (share) => `${number(100 * share, 2)} %`;

  // Return what is left of updates, in sentences, and the points of a curve: the share of each
  // update in the last weights.
  function of({ points }, last, step, decay) {
    if (points.some(([, rate]) => rate * decay >= 1)) {
      return { text: "The rate times the weight decay must be below 1 at every step.", shares: [] };
    }
    const logs = logsLeft(points, decay);
    const after = (t) => at(logs, Math.min(t + 1, last));
    const left = Math.exp(after(step));
    const sentences = ["The curve is the share of each step's update in the last weights."];
    if (step < last && left <= 0.5) {
      // the weights after it have lost half when what is left of them has doubled
      const half = reached(logs, after(step) + Math.LN2);
      const when = `by step ${counted(half)}, ${counted(half - step)} steps later`;
      sentences.push(`Half of the update at step ${counted(step)} has decayed ${when}.`);
    } else {
      const much = `${percent(left)} is left at step ${counted(last)}`;
      sentences.push(`Of the update at step ${counted(step)}, ${much}.`);
    }
    const first = Math.exp(logs[0][1]);
    if (first < 1) {
      const middle = last - reached(logs, Math.log((1 + first) / 2));
      sentences.push(`The last ${counted(middle)} steps make up half of what the weights remember.`);
    }
    sentences.push(`At the end, ${percent(first)} of the initial weights is left.`);
    const shares = points.slice(0, -1).map(([t, rate]) => [t, rate * decay * Math.exp(after(t))]);
    return { text: sentences.join(" "), shares };
  }

  // Return a chart of the shares.
  function chart(shares, last) {
    const top = shares.reduce((most, point) => (point[1] > most[1] ? point : most));
    const svg = Chart.thumbnail(shares, last, WIDTH, HEIGHT);
    svg.removeAttribute("aria-hidden");
    svg.setAttribute("role", "img");
    const largest = `largest at step ${counted(top[0])}`;
    svg.setAttribute("aria-label", `Share of each step's update in the last weights; ${largest}`);
    return svg;
  }

  return { USUAL, of, chart };
})();
