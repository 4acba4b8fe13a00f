"use strict";
// The playground: what is shown, kept in the address of the page.

(() => {
  const { element } = Editor;
  const { number, counted } = Chart;
  const MOST = 4;
  const root = document.getElementById("pg-root");

  // State --------------------------------------------------------------------------------------

  let items; // what is compared, each {tree, slot}, the slot being its colour
  let active; // the one that is edited
  let view; // {last, logX, logY, step}; without last, as many steps as the longest needs

  function fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    const lines = given.getAll("s").slice(0, MOST);
    const whole = (name) => (/^\d{1,10}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : undefined);
    const read = (text) => {
      const tree = Model.read(text);
      Model.run(tree);
      return tree;
    };
    let trees;
    try {
      trees = lines.map(read);
      problem = "";
    } catch (error) {
      problem = `The address holds a schedule that cannot be shown: ${error.message}.`;
    }
    items = (trees?.length ? trees : Model.start.slice(0, 2).map(read)).map((tree, slot) => ({ tree, slot }));
    active = items[0];
    view = { last: whole("last") || undefined, logX: given.get("x") === "log", logY: given.get("y") === "log", step: whole("step") };
  }

  function toAddress() {
    const plain = (text) => encodeURIComponent(text).replaceAll("%3D", "=").replaceAll("%2C", ",");
    const parts = items.map(({ tree }) => `s=${plain(Model.python(tree).replaceAll(" ", ""))}`);
    if (view.last) parts.push(`last=${view.last}`);
    if (view.logX) parts.push("x=log");
    if (view.logY) parts.push("y=log");
    parts.push(`step=${view.step}`);
    history.replaceState(null, "", `#${parts.join("&")}`);
  }

  // The page -----------------------------------------------------------------------------------

  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const message = element("p", { class: "pg-message", role: "status" });
  const words = element("p", { class: "pg-words", "aria-live": "polite", id: "pg-words" });
  const legend = element("tbody");
  const atStep = element("th", { scope: "col" });
  const rates = element("div", { class: "pg-scroll", tabindex: 0, role: "region", "aria-label": "Table of rates" });
  const line = element("textarea", { id: "pg-line", rows: 2, spellcheck: "false", autocapitalize: "off" });
  const form = element("div");
  const code = element("code");
  const frame = element("select", { id: "pg-frame" }, ...["Python", "Keras", "PyTorch", "optax"].map((n) => element("option", {}, n)));
  const last = element("input", { type: "number", id: "pg-last", min: 1, max: 2 ** 31 - 1, step: 1 });
  const step = element("input", { type: "number", id: "pg-step", min: 0, step: 1 });
  const logX = element("input", { type: "checkbox", id: "pg-log-x" });
  const logY = element("input", { type: "checkbox", id: "pg-log-y" });
  const add = element("button", { type: "button" }, "Compare with another");
  const link = element("button", { type: "button" }, "Copy link");
  const copy = element("button", { type: "button" }, "Copy code");

  function build() {
    for (const [name, value] of Object.entries({ class: "pg-chart", tabindex: 0, role: "slider", "aria-label": "Step under the cursor", "aria-valuemin": 0, "aria-describedby": "pg-words" })) {
      svg.setAttribute(name, value);
    }
    const labelled = (input, text) => element("span", {}, element("label", { for: input.id }, text), input);
    const head = element("tr", {}, element("th", { scope: "col" }, "Schedule"), atStep, element("th", { scope: "col" }, "sum of rates"), element("td"));
    const tools = element("div", { class: "pg-tools" }, labelled(last, "Steps"), labelled(step, "Cursor at"), labelled(logX, "log steps"), labelled(logY, "log rates"));
    const table = element("table", { class: "pg-legend" }, element("thead", {}, head), legend);
    const details = element("details", {}, element("summary", {}, "Table of rates"), rates);
    const seen = element("section", { class: "pg-view", "aria-label": "Curves" }, tools, svg, table, element("div", { class: "pg-row" }, add, link), words, details);
    const own = element("div", { class: "pg-line" }, element("label", { for: "pg-line" }, "One line of Python, to edit or to paste"), line, message);
    const panel = element("div", { class: "pg-code" }, element("div", { class: "pg-row" }, labelled(frame, "Code for"), copy), element("pre", { tabindex: 0 }, code));
    root.replaceChildren(element("div", { class: "pg" }, seen, element("section", { class: "pg-edit", "aria-label": "Editor" }, own, form, panel)));
  }

  const say = (text) => (message.textContent = text);

  // Showing ------------------------------------------------------------------------------------

  let problem = ""; // what is wrong with the address
  let drawn; // what the cursor needs of the chart
  let later;

  // Compute what has changed; a schedule in error keeps its last curve and says why.
  function computed() {
    const failed = [];
    for (const item of items) {
      try {
        item.schedule = Model.run(item.tree);
        item.text = Model.python(item.tree);
        item.program = Model.python(item.tree, "lrs.");
      } catch (error) {
        failed.push(error.message);
      }
    }
    const horizon = Math.max(...items.map(({ schedule }) => LRS.horizon(schedule)));
    view.shown = Math.min(view.last ?? horizon, 2 ** 31 - 1);
    view.step = Math.min(view.step ?? Math.floor(view.shown / 2), view.shown);
    for (const item of items) {
      const key = `${item.text} ${view.shown}`;
      if (item.key !== key) Object.assign(item, { key, points: Chart.sampled(item.schedule, view.shown) });
    }
    return failed.join(" ");
  }

  function show() {
    const failed = computed();
    say(failed || problem);
    line.toggleAttribute("aria-invalid", Boolean(failed));
    if (document.activeElement !== line) line.value = active.text;
    last.value = view.last ?? "";
    last.placeholder = view.shown;
    step.max = view.shown;
    [logX.checked, logY.checked] = [view.logX, view.logY];
    add.disabled = items.length === MOST;
    legend.replaceChildren(...items.map(row));
    program();
    draw();
    clearTimeout(later);
    later = setTimeout(describe, 400);
  }

  function draw() {
    const curves = items.map((item) => ({ points: item.points, index: item.slot, active: item === active }));
    drawn = Chart.draw(svg, curves, { ...view, last: view.shown });
    point();
  }

  function row(item) {
    const choose = () => edit(item, ".pg-legend [aria-current]");
    const drop = () => {
      items = items.filter((other) => other !== item);
      edit(item === active ? items[0] : active, ".pg-legend [aria-current]");
    };
    const button = element("button", { type: "button", class: "pg-choose", onclick: choose, "aria-current": item === active && "true" }, element("code", {}, item.text));
    const remove = element("button", { type: "button", class: "pg-small", onclick: drop, disabled: items.length === 1, "aria-label": `Remove ${item.text}` }, "✕");
    item.cell = element("td");
    const total = element("td", {}, number(Chart.area(item.points)));
    return element("tr", {}, element("th", { scope: "row" }, element("span", {}, Chart.swatch(item.slot), button)), item.cell, total, element("td", {}, remove));
  }

  // Show the cursor, and what it reads.
  function point() {
    const read = items.map((item) => [item.schedule(view.step), item.slot, item]);
    drawn.move(view.step, read);
    read.forEach(([rate, , item]) => (item.cell.textContent = number(rate)));
    atStep.textContent = `at step ${counted(view.step)}`;
    if (document.activeElement !== step) step.value = view.step;
    const text = read.map(([rate, , item]) => `${number(rate)} for ${item.text}`).join(", ");
    svg.setAttribute("aria-valuemax", view.shown);
    svg.setAttribute("aria-valuenow", view.step);
    svg.setAttribute("aria-valuetext", `step ${view.step}: ${text}`);
  }

  const spread = (parts) => [...new Set(Array.from({ length: parts + 1 }, (_, i) => Math.floor((view.shown * i) / parts)))];

  function describe() {
    words.textContent = items
      .map(({ text, schedule, points }) => {
        const values = spread(4).map((t) => `${number(schedule(t))} at ${t ? "" : "step "}${counted(t)}`).join(", ");
        return `${text}: learning rate ${values}; sum ${number(Chart.area(points))}.`;
      })
      .join(" ");
    const head = element("tr", {}, element("th", { scope: "col" }, "step"), ...items.map(({ text }) => element("th", { scope: "col" }, element("code", {}, text))));
    const body = spread(20).map((t) =>
      element("tr", {}, element("th", { scope: "row" }, counted(t)), ...items.map(({ schedule }) => element("td", {}, number(schedule(t))))),
    );
    rates.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
    toAddress();
  }

  const PROGRAMS = {
    Python: ["import lrschedules as lrs", ""],
    Keras: ["import keras\nimport lrschedules as lrs", "optimizer = keras.optimizers.SGD(schedule, momentum=0.9)"],
    PyTorch: [
      "import torch\nimport lrschedules as lrs",
      "optimizer = torch.optim.SGD(model.parameters(), lr=1.0)\nscheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)\n# after each optimizer.step(): scheduler.step()",
    ],
    optax: ["import optax\nimport lrschedules as lrs", "optimizer = optax.sgd(schedule)"],
  };

  function program() {
    const [imports, use] = PROGRAMS[frame.value];
    code.textContent = `${imports}\n\nschedule = ${active.program}\n${use}`.trimEnd();
  }

  // Changing -----------------------------------------------------------------------------------

  let waiting;
  function changed() {
    problem = "";
    waiting ??= requestAnimationFrame(() => {
      waiting = undefined;
      show();
    });
  }

  // Edit an item; focused says what then has the focus.
  function edit(item, focused) {
    active = item;
    line.value = "";
    form.replaceChildren(Editor.editor(item.tree, changed));
    show();
    if (focused) root.querySelector(focused)?.focus();
  }

  function moveTo(to) {
    view.step = Math.min(view.shown, Math.max(0, to));
    point();
    clearTimeout(later);
    later = setTimeout(toAddress, 400);
  }

  async function copied(button, text) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // without a secure origin, as for a file, there is only the old way
      const area = element("textarea", {}, text);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = before), 1500);
  }

  function listen() {
    const on = (target, name, does) => target.addEventListener(name, does);
    on(logX, "change", () => ((view.logX = logX.checked), show()));
    on(logY, "change", () => ((view.logY = logY.checked), show()));
    on(last, "change", () => ((view.last = Math.max(0, Math.round(last.value)) || undefined), show()));
    on(step, "input", () => moveTo(Math.round(step.value) || 0));
    on(frame, "change", program);
    on(copy, "click", () => copied(copy, `${code.textContent}\n`));
    on(link, "click", () => (toAddress(), copied(link, location.href)));
    on(svg, "pointermove", (event) => moveTo(drawn.back(event.clientX - svg.getBoundingClientRect().left)));
    on(svg, "pointerdown", (event) => moveTo(drawn.back(event.clientX - svg.getBoundingClientRect().left)));
    on(svg, "keydown", (event) => {
      const by = event.shiftKey ? 1 : Math.max(1, Math.round(view.shown / 100));
      const page = Math.max(1, Math.round(view.shown / 10));
      const to = { ArrowLeft: -by, ArrowDown: -by, ArrowRight: by, ArrowUp: by, PageDown: -page, PageUp: page, Home: -Infinity, End: Infinity }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      moveTo(view.step + to);
    });
    on(add, "click", () => {
      const slot = [0, 1, 2, 3].find((free) => !items.some((item) => item.slot === free));
      items = [...items, { slot, tree: Model.read(Model.start[slot]) }];
      edit(items.at(-1), "#pg-line");
    });
    on(line, "input", () => {
      try {
        const tree = Model.read(line.value);
        Model.run(tree);
        active.tree = tree;
        form.replaceChildren(Editor.editor(tree, changed));
        show();
      } catch (error) {
        say(error.message);
        line.toggleAttribute("aria-invalid", true);
      }
    });
    on(line, "blur", show);
    on(window, "hashchange", begin);
    new ResizeObserver(() => requestAnimationFrame(draw)).observe(svg);
  }

  function begin() {
    fromAddress();
    edit(active);
  }

  build();
  listen();
  begin();
})();
