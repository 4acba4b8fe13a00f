"use strict";
// Handles on a curve: its peak, its floor, the end of its warmup and its last step. Each changes one
// number in the line of Python. Which one is not written down: it is the one that moves the handle.

const Handles = (() => {
  const { element } = Editor;
  const { number, counted } = Display;
  const MOST = 500; // formulas per rate; more would be too slow
  const WARMUPS = new Set(["warmup", "up", "cut"]); // parameters of recipes
  const NOT_LENGTHS = new Set(["delay", "stretch", "per_epoch"]); // methods

  // Numbers in a tree --------------------------------------------------------------------------

  // Return the numbers in a tree: the arguments that hold each, its parameter, and the method.
  function numbers(tree) {
    const called = tree.calls.map(({ name, args }) => [Model.methodOf.get(name), args, name]);
    const all = [[Model.beginOf.get(tree.name), tree.args, ""], ...called];
    return all.flatMap(([{ parameters }, args, method]) =>
      parameters.flatMap((p) => {
        const given = args[p.name] ?? p.default;
        if (given?.calls) return numbers(given);
        return p.kind.type === "number" && typeof given === "number" ? [{ args, p, method }] : [];
      }),
    );
  }

  const value = ({ args, p }) => args[p.name] ?? p.default;

  // Return what a function returns while a number has another value; without a schedule, nothing.
  function tried({ args, p }, other, does) {
    const before = { ...args };
    args[p.name] = other;
    try {
      return does();
    } catch {
      return undefined;
    } finally {
      delete args[p.name];
      Object.assign(args, before);
    }
  }

  // Return a number of the kind that a parameter takes, or undefined.
  function ofKind({ whole, gt, ge = -Infinity, lt, le = Infinity }, exact) {
    const rounded = whole ? Math.round(exact) : Number(exact.toPrecision(3));
    const within = Math.min(le, Math.max(ge, rounded));
    return within <= gt || within >= lt ? undefined : within;
  }

  // Places -------------------------------------------------------------------------------------

  // Return where the handles of a schedule are.
  function places(schedule, last) {
    const steps = Chart.keySteps(schedule, last);
    const rates = steps.map((t) => schedule(t));
    const top = Math.max(...rates);
    const peak = rates.findIndex((rate) => rate >= top * (1 - 1e-9));
    const after = rates.slice(peak);
    const { length } = schedule;
    const lowest = length === null || length > last ? Math.min(...after) : schedule(length);
    const floor = length ?? steps[peak + after.indexOf(lowest)];
    return {
      peak: { step: steps[peak], rate: top },
      floor: { step: Math.min(floor, last), rate: lowest },
      warmup: { step: steps[peak] },
      last: { step: length },
    };
  }

  const ofRates = ({ p }) => p.kind.unit === "rate";
  const KINDS = {
    peak: { label: "Peak", of: "rate", takes: ofRates },
    floor: { label: "Floor", of: "rate", takes: ofRates },
    warmup: {
      label: "Warmup end",
      of: "step",
      takes: ({ p, method }) =>
        method ? method === "warmup" && p.name === "steps" : WARMUPS.has(p.name),
    },
    last: {
      label: "Last step",
      of: "step",
      takes: ({ p, method }) =>
        p.kind.unit === "steps" && p.name !== "at" && !NOT_LENGTHS.has(method),
    },
  };

  // Return the handles that a tree has, each with the number that it changes, and by how much its
  // place changes with that number.
  function found(tree, schedule, last) {
    if (Model.effort(schedule) > MOST) return [];
    const here = places(schedule, last);
    const taken = new Set();
    const all = numbers(tree);
    return Object.entries(KINDS).flatMap(([name, { of, takes }]) => {
      const { [name]: place } = here;
      const seen = of === "rate" || (place.step > 0 && place.step <= last);
      if (!seen) return [];
      const candidates = all.filter((it) => takes(it) && !taken.has(it.p) && value(it) !== null);
      // the last phase of a schedule is the one that ends later
      if (name === "last") candidates.sort((a, b) => rank(a) - rank(b)).reverse();
      const moving = candidates.map((it) => {
        const [now, { kind }] = [value(it), it.p];
        const hundredth = (of === "rate" ? here.peak.rate : 1) / 100;
        const by = kind.whole ? Math.max(1, Math.round(now / 100)) : hundredth;
        const end = last + Math.ceil(by);
        const moved = tried(it, now + by, () => places(Model.run(tree), end)[name][of]);
        return { name, of, place, slope: (moved - place[of]) / by, number: it };
      });
      const able = moving.filter(({ slope }) => slope > 1e-6);
      if (of === "rate") able.sort((a, b) => b.slope - a.slope);
      for (const { number } of able.slice(0, 1)) taken.add(number.p);
      return able.slice(0, 1);
    });
  }
  const rank = ({ method }) => (method === "cooldown" ? 2 : method ? 0 : 1);

  // Change the number of a handle so that its place is at a target. Return whether it has changed.
  function set(tree, { number: it, of, place, slope }, target) {
    const now = value(it);
    const other = ofKind(it.p.kind, now + (target - place[of]) / slope);
    if (other === undefined || other === now) return false;
    if (tried(it, other, () => Model.run(tree)) === undefined) return false;
    it.args[it.p.name] = other;
    return true;
  }

  const KEYS = {
    ArrowRight: 1,
    ArrowUp: 1,
    PageUp: 10,
    ArrowLeft: -1,
    ArrowDown: -1,
    PageDown: -10,
  };

  // Elements -----------------------------------------------------------------------------------

  // Put handles beside the chart. "grab" returns the tree and the scales of the chart at the
  // beginning of a drag, "changed" is called after each change, "release" at the end of a drag.
  function placed(parent, { grab, changed, release }) {
    const shown = new Map(Object.keys(KINDS).map((name) => [name, made(name)]));
    let handles = new Map();

    function made(name) {
      const { label, of } = KINDS[name];
      let drag;
      const to = (handle, target) => {
        const { tree } = grab();
        if (handle && set(tree, handle, target)) changed();
      };
      const handle = element("div", {
        class: `pg-handle pg-handle-${of}`,
        role: "slider",
        tabindex: 0,
        hidden: true,
        "aria-orientation": of === "rate" ? "vertical" : "horizontal",
        "aria-valuemin": 0,
        onpointerdown: (event) => {
          const { x, y } = grab();
          const box = parent.getBoundingClientRect();
          handle.setPointerCapture(event.pointerId);
          drag = ({ clientX, clientY }) =>
            of === "rate" ? y.inverse(clientY - box.top) : x.inverse(clientX - box.left);
          handle.focus();
          event.preventDefault(); // neither text is selected nor the page scrolled
        },
        onpointermove: (event) => drag && to(handles.get(name), Math.max(0, drag(event))),
        onlostpointercapture: () => {
          drag = undefined;
          release();
        },
        onkeydown: (event) => {
          const now = handles.get(name);
          const times = KEYS[event.key];
          if (!now || !times) return;
          event.preventDefault();
          const most = Number(handle.getAttribute("aria-valuemax"));
          const least = now.number.p.kind.whole ? now.slope : 0;
          const by = event.shiftKey ? now.place[of] / 100 : most / 100;
          to(now, Math.max(0, now.place[of] + times * Math.max(by, least)));
        },
      });
      handle.dataset.label = label;
      parent.append(handle);
      return handle;
    }

    // Show the handles of a tree, or of none.
    function show(tree, schedule, { x, y, strip }, last, slot) {
      const list = tree ? found(tree, schedule, last) : [];
      handles = new Map(list.map((handle) => [handle.name, handle]));
      const most = { rate: places(schedule, last).peak.rate, step: last };
      for (const [name, handle] of shown) {
        const now = handles.get(name);
        handle.hidden = !now;
        if (!now) continue;
        const { of, place } = now;
        const step = `step ${counted(place.step)}`;
        const text = of === "rate" ? `${number(place.rate)} at ${step}` : step;
        handle.className = `pg-handle pg-handle-${of} pg-color-${slot}`;
        handle.dataset.half = x.at(place.step) > parent.clientWidth / 2 ? "right" : "left";
        handle.style.left = `${x.at(place.step)}px`;
        handle.style.top = `${of === "rate" ? y.at(place.rate) : strip}px`;
        handle.dataset.text = `${handle.dataset.label.toLowerCase()}: ${text}`;
        handle.setAttribute("aria-label", `${handle.dataset.label}, ${now.number.p.name}`);
        handle.setAttribute("aria-valuemax", Math.max(most[of], place[of]));
        handle.setAttribute("aria-valuenow", place[of]);
        handle.setAttribute("aria-valuetext", text);
      }
    }
    return { show };
  }

  return { found, set, placed };
})();
