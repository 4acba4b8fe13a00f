"use strict";
// The editor: the inputs for one tree, made from the declarations of its parameters.

const Editor = (() => {
  let serial = 0;

  // Return an HTML element; attributes that start with "on" are listeners.
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== false)
        made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== undefined));
    return made;
  }

  // Numbers ------------------------------------------------------------------------------------

  const POSITIONS = 1000;
  // The usual range of a number by its unit; other units have that of "none".
  const USUAL = {
    none: [0.01, 100],
    rate: [1e-6, 10],
    steps: [1, 1e6],
    "1/steps": [1e-6, 1],
    samples: [1, 1e6],
    tokens: [1, 1e8],
  };

  // Return how a slider covers the values of a kind: linearly between two bounds, otherwise by
  // ratios, with zero at its left end if zero is allowed.
  function scale({ gt, ge, lt, le, whole, unit }) {
    const [least, most] = [gt ?? ge ?? 0, lt ?? le];
    if (most !== undefined || (whole && unit === "none")) {
      const high = most ?? 20;
      const tick = whole ? 1 : (high - least) / 100;
      const from = gt === undefined ? least : least + tick;
      const to = lt === undefined ? high : high - tick;
      const rounded = (v) => (whole ? Math.round(v) : Number(v.toPrecision(3)));
      return {
        by: whole ? POSITIONS / (to - from) : 10,
        value: (p) => rounded(from + ((to - from) * p) / POSITIONS),
        position: (v) => ((v - from) / (to - from)) * POSITIONS,
      };
    }
    const [usual, high] = USUAL[unit] ?? USUAL.none;
    const low = least >= 1 ? least : usual;
    const span = Math.log(high / low);
    const zero = least === 0 && gt === undefined;
    return {
      by: 10,
      value: (p) => {
        if (p === 0 && zero) return 0;
        const exact = low * Math.exp((span * p) / POSITIONS);
        const value = Number(exact.toPrecision(2));
        return whole ? Math.max(least, Math.round(value)) : value;
      },
      position: (v) => (v <= low ? 0 : (Math.log(v / low) / span) * POSITIONS),
    };
  }

  function numberField(p, args, changed, id) {
    const { value, position, by } = scale(p.kind);
    const now = () => args[p.name] ?? p.default;
    const slider = element("input", {
      type: "range",
      min: 0,
      max: POSITIONS,
      step: "any",
      "aria-label": `${p.name}, slider`,
      oninput: () => {
        args[p.name] = value(Number(slider.value));
        input.value = now();
        say();
        changed();
      },
      onkeydown: (event) => {
        const sign = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (!sign) return;
        event.preventDefault();
        slider.value = Number(slider.value) + sign * by;
        slider.dispatchEvent(new Event("input"));
      },
    });
    // a text field, so that it accepts what Python accepts: 1_000, 1e-3, 0.1 / 3
    const input = element("input", {
      type: "text",
      id,
      inputmode: "decimal",
      autocomplete: "off",
      "aria-describedby": `${id}-hint`,
      placeholder: p.default === null ? "none" : undefined,
      oninput: () => {
        if (input.value.trim() === "") delete args[p.name];
        else args[p.name] = Model.numberOr(input.value);
        show();
        changed();
      },
    });
    const say = () => {
      slider.setAttribute("aria-valuetext", String(now() ?? "none"));
      slider.classList.toggle("pg-unset", (now() ?? null) === null);
    };
    function show() {
      const number = now() ?? undefined; // a text while the input is not a number
      if (typeof number !== "string") {
        slider.value = number === undefined ? POSITIONS : position(number);
      }
      say();
    }
    input.value = now() ?? "";
    show();
    return [input, slider];
  }

  // Other parameters ---------------------------------------------------------------------------

  function listField(p, args, changed, id) {
    const input = element("input", {
      type: "text",
      id,
      inputmode: "decimal",
      "aria-describedby": `${id}-hint`,
      value: (args[p.name] ?? p.default ?? []).join(", "),
      oninput: () => {
        const items = input.value.split(/[\s,[\]()]+/).filter(Boolean);
        args[p.name] = items.map(Model.numberOr);
        changed();
      },
    });
    return [input];
  }

  function boolField(p, args, changed, id) {
    const checked = args[p.name] ?? p.default;
    const onchange = (event) => {
      args[p.name] = event.target.checked;
      changed();
    };
    return [
      element("input", {
        type: "checkbox",
        id,
        checked,
        onchange,
        "aria-describedby": `${id}-hint`,
      }),
    ];
  }

  function shapeField(p, args, changed, id) {
    const now = args[p.name] ?? p.default ?? "Linear";
    const names = [...new Set([...Model.shapes, now])];
    const options = names.map((name) => element("option", { selected: name === now }, name));
    const onchange = (event) => {
      args[p.name] = event.target.value;
      changed();
    };
    return [element("select", { id, onchange, "aria-describedby": `${id}-hint` }, ...options)];
  }

  // Return text as nodes, with code between backquotes.
  const marked = (text) =>
    text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));

  const FIELDS = { number: numberField, list: listField, bool: boolField, shape: shapeField };

  function field(p, args, changed) {
    if (p.kind.type === "schedule") {
      const legend = element(
        "legend",
        {},
        element("code", {}, p.name),
        ` ${p.meaning.toLowerCase()}`,
      );
      return element("fieldset", { class: "pg-inner" }, legend, editor(args[p.name], changed));
    }
    const id = `pg-${(serial += 1)}`;
    return element(
      "div",
      { class: `pg-field pg-${p.kind.type}` },
      element("label", { for: id }, element("code", {}, p.name)),
      element("small", { id: `${id}-hint` }, ...marked(p.meaning)),
      ...FIELDS[p.kind.type](p, args, changed, id),
    );
  }

  const fields = (entry, args, changed) => entry.parameters.map((p) => field(p, args, changed));

  // Trees --------------------------------------------------------------------------------------

  function beginning(tree, again) {
    const id = `pg-${(serial += 1)}`;
    const groups = [...new Set(Model.begins.map((b) => b.group))];
    const onchange = (event) => {
      const { name, args } = Model.begun(event.target.value, tree);
      again(() => Object.assign(tree, { name, args }), id);
    };
    const options = (group) =>
      Model.begins
        .filter((b) => b.group === group)
        .map((b) => element("option", { selected: b.name === tree.name }, b.name));
    const select = element(
      "select",
      { id, onchange },
      ...groups.map((label) => element("optgroup", { label }, ...options(label))),
    );
    return element("div", { class: "pg-begin" }, element("label", { for: id }, "Schedule"), select);
  }

  function calling(tree, i, changed, again) {
    const call = tree.calls[i];
    const entry = Model.methodOf.get(call.name);
    const button = (text, label, onclick, disabled) =>
      element(
        "button",
        {
          type: "button",
          class: "pg-small",
          "aria-label": `${label} ${call.name}`,
          disabled,
          onclick,
        },
        text,
      );
    const swap = () => {
      [tree.calls[i - 1], tree.calls[i]] = [tree.calls[i], tree.calls[i - 1]];
    };
    return element(
      "fieldset",
      { class: "pg-call" },
      element("legend", {}, element("code", {}, `.${call.name}()`)),
      element(
        "div",
        { class: "pg-buttons" },
        button("↑", "Move up", () => again(swap), i === 0),
        button("✕", "Remove", () => again(() => tree.calls.splice(i, 1))),
      ),
      element("small", {}, ...marked(entry.summary)),
      ...fields(entry, call.args, changed),
    );
  }

  function adding(tree, again) {
    const id = `pg-${(serial += 1)}`;
    const options = Model.methods.map((m) => element("option", {}, m.name));
    const select = element("select", { id }, ...options);
    const onclick = () => again(() => tree.calls.push(Model.suited(tree, select.value)));
    return element(
      "div",
      { class: "pg-add" },
      element("label", { for: id }, "Combine with"),
      select,
      element("button", { type: "button", onclick }, "Add"),
    );
  }

  // Return the inputs for a tree. They change the tree, and call changed() after each change.
  function editor(tree, changed) {
    const made = element("div", { class: "pg-editor" });
    function again(change, focused) {
      try {
        change();
      } catch {
        return; // the schedule to be combined has an error, which is shown already
      }
      fill();
      changed();
      (document.getElementById(focused) ?? made.querySelector("select")).focus();
    }
    function fill() {
      const entry = Model.beginOf.get(tree.name);
      made.replaceChildren(
        beginning(tree, again),
        element("small", { class: "pg-summary" }, ...marked(entry.summary)),
        ...fields(entry, tree.args, changed),
        ...tree.calls.map((_, i) => calling(tree, i, changed, again)),
        adding(tree, again),
      );
    }
    fill();
    return made;
  }

  return { element, editor };
})();
