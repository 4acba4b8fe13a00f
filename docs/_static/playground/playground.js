"use strict";
// The playground: what it shows of its state, and what changes that.

(() => {
  const { element } = Editor;
  const { number, counted, shortened, ROLES, UNITS } = Display;
  const { MOST, valid } = State;
  const LAST = 2 ** 31 - 1;
  const TEXT_FIELD = "input:not([type=range], [type=checkbox])"; // it undoes what is typed
  const PROGRAMS = LRS.choices.programs;
  const VARIABLES = { rate: "schedule", momentum: "momentum", decay: "weight_decay" };
  const byName = (name) => document.getElementById(`pg-${name}`);
  const root = byName("root");

  // State --------------------------------------------------------------------------------------

  let items; // the schedules, each {tree, slot, role}; the slot is its colour
  let active; // the schedule in the editor
  let view; // what State reads; without last, all steps of the longest schedule are shown
  let problem = ""; // an error in the address

  function restore() {
    let trees, roles, chosen, slots;
    ({ trees, roles, view, problem, active: chosen, slots } = State.read());
    const slot = (i) => (problem ? i : (slots?.[i] ?? i));
    items = trees.map((tree, i) => ({ tree, slot: slot(i), role: roles[i] ?? "rate" }));
    active = items[chosen] ?? items[0];
  }

  const hash = () => State.written(items, view);
  const ofRates = () => items.filter(({ role }) => role === "rate");

  const toAddress = () =>
    State.keep(hash(), { active: items.indexOf(active), slots: items.map(({ slot }) => slot) });

  // Write the state into the address, unless the address holds a schedule that is not shown.
  const keep = () => problem || toAddress();

  // The page -----------------------------------------------------------------------------------

  const options = (choices) =>
    Object.keys(choices).map((name) => `<option>${name}</option>`).join("");

  const roles = Object.entries(ROLES)
    .map(([role, name]) => `<option value=${role}>${name}</option>`)
    .join("");

  root.innerHTML = `
    <div class="pg">
      <div class="pg-presets" id="pg-presets" role="group" aria-label="Presets"></div>
      <section class="pg-view" aria-label="Curves">
        <p class="pg-message" id="pg-problem" role="status"></p>
        <div class="pg-tools">
          <span><label for="pg-last">Steps</label>
            <input type="number" id="pg-last" min="1" max="${LAST}" step="1"></span>
          <span><label for="pg-step">Cursor at</label>
            <input type="number" id="pg-step" min="0" step="1"></span>
          <span><label for="pg-log-x">log steps</label><input type="checkbox" id="pg-log-x"></span>
          <span><label for="pg-log-y">log rates</label><input type="checkbox" id="pg-log-y"></span>
          <span><label for="pg-lock">lock axes</label><input type="checkbox" id="pg-lock"></span>
          <span><label for="pg-unit">axis in</label>
            <select id="pg-unit">${options(UNITS)}</select></span>
          <span id="pg-per-field"><label for="pg-per"></label>
            <input type="text" id="pg-per" inputmode="decimal" autocomplete="off"></span>
          <button type="button" id="pg-undo" aria-keyshortcuts="Control+Z">Undo</button>
          <button type="button" id="pg-redo" aria-keyshortcuts="Control+Shift+Z">Redo</button>
          <button type="button" id="pg-add" aria-label="Compare with another">Compare</button>
          <button type="button" id="pg-match">Match mean rates</button>
          <button type="button" id="pg-link">Copy link</button>
        </div>
        <p class="pg-said" id="pg-said" role="status"></p>
        <div class="pg-plot" id="pg-plot">
          <svg id="pg-chart" class="pg-chart" tabindex="0" role="slider" aria-valuemin="0"
            aria-label="Step under the cursor" aria-describedby="pg-words"></svg>
        </div>
        <table class="pg-legend">
          <thead><tr><th scope="col">Schedule</th><th scope="col" id="pg-at"></th>
            <th scope="col">mean <span class="pg-wide">rate</span></th><td></td></tr></thead>
          <tbody id="pg-legend"></tbody>
        </table>
      </section>
      <section class="pg-edit" aria-label="Editor">
        <div class="pg-line">
          <label for="pg-line">One line of Python, or another library's call</label>
          <textarea id="pg-line" rows="2" spellcheck="false" autocapitalize="off"></textarea>
          <p class="pg-said" id="pg-note" role="status"></p>
          <p class="pg-message" id="pg-message" role="status"></p>
          <p class="pg-message" id="pg-stale"></p>
        </div>
        <div id="pg-form" role="group" aria-label="Parameters" aria-describedby="pg-stale"></div>
        <div class="pg-row">
          <span><label for="pg-role">Schedule of the</label>
            <select id="pg-role">${roles}</select></span>
        </div>
        <div class="pg-code">
          <div class="pg-row">
            <span><label for="pg-frame">Code for</label>
              <select id="pg-frame">${options(PROGRAMS)}</select></span>
            <button type="button" id="pg-copy" aria-describedby="pg-stale">Copy code</button>
          </div>
          <pre tabindex="0" aria-describedby="pg-stale"><code id="pg-program"></code></pre>
        </div>
      </section>
      <section class="pg-more" aria-label="Description and table">
        <p class="pg-words" id="pg-words" aria-live="polite"></p>
        <p><a id="pg-open" target="_blank" rel="noopener">Open in the playground</a></p>
        <div class="pg-tools">
          <button type="button" id="pg-svg">Download SVG</button>
          <button type="button" id="pg-csv">Download CSV</button>
          <button type="button" id="pg-embed">Copy embed code</button>
        </div>
        <details>
          <summary>Memory of AdamW's weights</summary>
          <p class="pg-tools"><span><label for="pg-decay">weight decay</label>
            <input type="text" id="pg-decay" inputmode="decimal" autocomplete="off"
              placeholder="${Memory.USUAL}"></span></p>
          <figure class="pg-memory">
            <div id="pg-shares"></div>
            <figcaption id="pg-memory"></figcaption>
          </figure>
        </details>
        <details>
          <summary>Table of rates</summary>
          <div class="pg-scroll" id="pg-rates" tabindex="0" role="region"
            aria-label="Table of rates"></div>
        </details>
      </section>
    </div>`;
  const [svg, legend, atStep, words, rates, line, form, code] = [
    "chart",
    "legend",
    "at",
    "words",
    "rates",
    "line",
    "form",
    "program",
  ].map(byName);
  const [last, step, logX, logY, lock, unit, per, decay, role, frame] = [
    "last",
    "step",
    "log-x",
    "log-y",
    "lock",
    "unit",
    "per",
    "decay",
    "role",
    "frame",
  ].map(byName);
  const [undo, redo, add, equal, link, svgFile, csvFile, embed, copy] = [
    "undo",
    "redo",
    "add",
    "match",
    "link",
    "svg",
    "csv",
    "embed",
    "copy",
  ].map(byName);

  // Show what is wrong. An error in the "line" or the "form" leaves the last valid schedule.
  function say(wrong, where) {
    byName("problem").textContent = problem;
    byName("message").textContent = shortened(wrong, 400);
    const old = `Shown in grey: ${shortened(active.text)}, the last valid schedule.`;
    byName("stale").textContent = wrong && old;
    if (wrong) root.dataset.stale = where;
    else delete root.dataset.stale;
    line.setAttribute("aria-invalid", Boolean(draft));
    for (const button of [copy, link, svgFile, csvFile, embed]) button.disabled = Boolean(wrong);
    equal.disabled = Boolean(wrong) || ofRates().length < 2;
    byName("said").textContent = "";
  }

  // Showing ------------------------------------------------------------------------------------

  let draft = ""; // an error in the line of Python
  let drawn; // the result of Chart.draw
  let describing; // a timer: the description waits for a pause
  let keeping;
  let ghost; // the curve before the present edit
  let held = 0; // the steps that stay in view while a handle is dragged

  // Compute what has changed. Return the error of the active schedule, which then keeps its last
  // curve.
  function computed() {
    let failed = "";
    for (const item of items) {
      try {
        item.schedule = Model.run(item.tree);
        item.text = Model.python(item.tree);
        item.program = Model.python(item.tree, "lrs.");
        item.kept = structuredClone(item.tree);
      } catch (error) {
        failed = error.message;
      }
    }
    const horizon = Math.max(...items.map(({ schedule }) => LRS.horizon(schedule)));
    view.shown = Math.min(view.axes?.last ?? view.last ?? Math.max(horizon, held), LAST);
    view.step = Math.min(view.step ?? Math.floor(view.shown / 2), view.shown);
    for (const item of items) {
      const key = `${item.text} ${view.shown}`;
      if (item.key === key) continue;
      const points = Chart.sampled(item.schedule, view.shown);
      Object.assign(item, { key, points, sum: Chart.area(points) });
    }
    return failed;
  }

  function show() {
    cancelAnimationFrame(waiting);
    waiting = undefined;
    const failed = computed();
    say(draft || failed, draft ? "line" : "form");
    if (document.activeElement !== line && !draft) line.value = active.text;
    last.value = view.last ?? "";
    last.placeholder = view.shown;
    step.max = view.shown;
    [logX.checked, logY.checked, lock.checked] = [view.logX, view.logY, Boolean(view.axes)];
    last.disabled = Boolean(view.axes);
    role.value = active.role;
    unit.value = view.unit;
    byName("per-field").hidden = view.unit === "steps";
    per.labels[0].textContent = UNITS[view.unit].label;
    if (document.activeElement !== per) per.value = view.per ?? "";
    add.disabled = items.length === MOST;
    legend.replaceChildren(...items.map(row));
    program();
    draw();
    if (State.fresh() && !draft && !failed) keep();
    undo.disabled = !State.undoable();
    redo.disabled = !State.redoable();
    clearTimeout(describing);
    describing = setTimeout(() => (describe(), keep()), 400);
  }

  function draw() {
    const curves = items.map((item) => ({
      points: item.points,
      index: item.slot,
      active: item === active,
      name: ROLES[item.role],
    }));
    const { tree, schedule, slot } = active;
    const phases = Display.phases(schedule, view.shown);
    const also = { last: view.shown, ghost, phases, unit: Display.unitOf(view) };
    drawn = Chart.draw(svg, curves, { ...view, ...also });
    handles.show(root.dataset.stale ? undefined : tree, schedule, drawn, view.shown, slot);
    point();
  }

  const button = (attributes, text) => element("button", { type: "button", ...attributes }, text);
  const heading = (scope, ...content) => element("th", { scope }, ...content);

  // Return the row of an item in the legend, with the buttons that choose and remove it.
  function row(item) {
    const onclick = () => {
      edit(item, ".pg-legend [aria-current]");
      keep();
    };
    const drop = () => {
      State.edited();
      items = items.filter((other) => other !== item);
      edit(item === active ? items[0] : active, ".pg-legend [aria-current]");
    };
    const current = { "aria-current": item === active && "true" };
    const name = button(
      { class: "pg-choose", onclick, ...current },
      element("code", {}, shortened(item.text)),
    );
    const of = item.role === "rate" ? "" : `${ROLES[item.role]}, `;
    const ends = `${of}last ${number(item.schedule(view.shown))}, ${Display.end(item.schedule)}`;
    const label = { "aria-label": `Remove ${shortened(item.text)}`, disabled: items.length === 1 };
    const remove = button({ class: "pg-small", onclick: drop, ...label }, "✕");
    item.cell = element("td");
    return element(
      "tr",
      {},
      heading("row", element("span", {}, Chart.swatch(item.slot), name), element("small", {}, ends)),
      item.cell,
      element("td", {}, Display.mean(item, view.shown)),
      element("td", {}, remove),
    );
  }

  // Show the cursor and the rates there.
  function point() {
    const read = items.map(({ schedule }) => schedule(view.step));
    drawn.move(view.step, read);
    items.forEach(({ cell }, i) => (cell.textContent = number(read[i])));
    atStep.textContent = `at step ${counted(view.step)}${Display.inUnit(view.step, view)}`;
    if (document.activeElement !== step) step.value = view.step;
    svg.setAttribute("aria-valuemax", view.shown);
    svg.setAttribute("aria-valuenow", view.step);
    svg.setAttribute("aria-valuetext", Display.reading(items, view.step, view));
  }

  // Show what the weights remember of the active schedule.
  function remember() {
    const { shown, step } = view;
    const item = active.role === "rate" ? active : ofRates()[0];
    if (!item) return;
    const { text, shares } = Memory.of(item, shown, step, view.decay ?? Memory.USUAL);
    byName("memory").textContent = text;
    byName("shares").replaceChildren(...(shares.length ? [Memory.chart(shares, shown)] : []));
    if (document.activeElement !== decay) decay.value = view.decay ?? "";
  }

  // Describe the curves in words and as a table.
  function describe() {
    remember();
    const sentences = items.map((item) => Display.sentence(item, view.shown));
    words.textContent = [...sentences, drawn.note].filter(Boolean).join(" ");
    const names = items.map(({ text }) => heading("col", element("code", {}, shortened(text))));
    const rows = Display.table(items, view.shown).map(([t, ...texts]) =>
      element("tr", {}, heading("row", t), ...texts.map((text) => element("td", {}, text))),
    );
    const head = element("thead", {}, element("tr", {}, heading("col", "step"), ...names));
    byName("open").href = location.pathname + hash();
    rates.replaceChildren(element("table", {}, head, element("tbody", {}, ...rows)));
  }

  // Show the code for the active schedule, and for one of each other hyperparameter.
  function program() {
    const [first, more, use] = PROGRAMS[frame.value];
    const imports = [first, "import lrschedules as lrs", more].filter(Boolean);
    const chosen = Object.keys(ROLES)
      .map((role) => (active.role === role ? active : items.find((item) => item.role === role)))
      .filter(Boolean);
    const made = chosen.map(({ role, program }) => `${VARIABLES[role]} = ${program}`);
    const joint = chosen.some(({ role }) => role !== "rate");
    const used = joint ? jointly(use, new Set(chosen.map(({ role }) => role))) : use;
    code.textContent = [...imports, "", ...made, used].join("\n").trimEnd();
  }

  // Return the lines that give schedules of several hyperparameters to an optimizer.
  function jointly(use, chosen) {
    const given = (names) =>
      Object.entries(names)
        .filter(([role]) => chosen.has(role))
        .map(([role, name]) => `${name}=${VARIABLES[role]}`)
        .join(", ");
    const keras = { rate: "learning_rate", momentum: "momentum", decay: "weight_decay" };
    const adamW = chosen.has("decay") && !chosen.has("momentum");
    if (frame.value === "Keras") {
      const optimizer = adamW ? "AdamW" : "SGD";
      return `optimizer = lrs.scheduled(keras.optimizers.${optimizer}, ${given(keras)})`;
    }
    if (frame.value === "PyTorch") {
      return use
        .replace("lr=schedule", given({ ...keras, rate: "lr" }))
        .replace("sets the learning rate, from", "from");
    }
    if (frame.value !== "optax") return use;
    const [optimizer, momentum] = chosen.has("decay") ? ["adamw", "b1"] : ["sgd", "momentum"];
    const missing = chosen.has("rate") ? "" : "learning_rate=0.1, ";
    const all = missing + given({ ...keras, momentum });
    return `optimizer = optax.inject_hyperparams(optax.${optimizer})(${all})`;
  }

  // Changing -----------------------------------------------------------------------------------

  // Note a change of the active schedule, whose former curve stays in view.
  function begins() {
    if (State.edited()) ghost = active.points;
  }

  let waiting;
  function changed() {
    begins();
    problem = draft = "";
    waiting ??= requestAnimationFrame(show);
  }

  // End an edit: what it has changed is shown and kept, and the next change begins another one.
  function finish() {
    if (waiting) show();
    if (State.finished()) keep();
  }

  // Show the inputs of the active schedule. The one that was focused stays so.
  function fill() {
    const inputs = () => [...form.querySelectorAll("input, select, button")];
    const index = inputs().indexOf(document.activeElement);
    form.replaceChildren(Editor.editor(active.tree, changed));
    inputs()[index]?.focus();
  }

  // Edit an item, and focus an element. Errors in other items are discarded.
  function edit(item, focused) {
    for (const other of items) if (other.kept) other.tree = structuredClone(other.kept);
    active = item;
    draft = "";
    ghost = undefined;
    fill();
    show();
    if (focused) root.querySelector(focused)?.focus();
  }

  // Put a preset into the editor, in place of the active schedule.
  function preset(code) {
    State.edited();
    problem = "";
    active.tree = valid(code);
    delete active.kept;
    edit(active);
  }

  // Scale every curve to the mean rate that the first one has over the steps shown.
  function match() {
    const [first] = ofRates();
    const mean = ({ schedule, points }) => Chart.exactly(schedule, points, view.shown) / view.shown;
    const chosen = items.indexOf(active);
    const scaled = (item) => {
      const { tree, text, role } = item;
      if (item === first || role !== "rate") return tree;
      const none = `${shortened(text)} has a mean rate of 0, whatever its factor.`;
      if (mean(item) === 0) throw Error(none);
      return valid(Model.python(Model.scaled(tree, mean(first) / mean(item))));
    };
    let said = `All curves have the mean rate of the first, ${number(mean(first))}.`;
    try {
      const trees = items.map(scaled);
      State.edited();
      problem = "";
      items = trees.map((tree, i) => ({ tree, slot: items[i].slot, role: items[i].role }));
      edit(items[chosen]);
    } catch (error) {
      said = error.message;
    }
    byName("said").textContent = said;
  }

  // Undo or redo an edit. What is wrong goes first.
  function travel(move) {
    if (root.dataset.stale) return begin();
    keep();
    move();
  }

  function moveTo(to) {
    view.step = Math.min(view.shown, Math.max(0, to));
    point();
    clearTimeout(keeping);
    keeping = setTimeout(() => (remember(), keep()), 400);
  }

  async function copied(button, text) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // a file has no secure origin, which the clipboard needs
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

  const handles = Handles.placed(byName("plot"), {
    grab: () => ({ tree: active.tree, ...drawn }),
    changed: () => {
      held = view.shown;
      fill();
      changed();
    },
    release: () => {
      held = 0;
      finish();
      show();
    },
  });

  function listen() {
    const on = (target, name, does) => target.addEventListener(name, does);
    const onView = (target, change) => {
      on(target, "change", () => {
        State.edited();
        change();
        show();
      });
    };
    onView(logX, () => (view.logX = logX.checked));
    onView(logY, () => (view.logY = logY.checked));
    onView(lock, () => {
      view.axes = lock.checked ? { last: view.shown, ...Chart.range(ofRates()) } : undefined;
    });
    const usual = { epochs: 390, tokens: 524288 }; // CIFAR-10 in batches of 128; GPT-2
    onView(unit, () => {
      view.unit = unit.value;
      view.per = usual[view.unit];
    });
    onView(per, () => {
      const typed = Model.numberOr(per.value);
      view.per = typed > 0 ? typed : view.per;
    });
    onView(role, () => (active.role = role.value));
    onView(decay, () => {
      const typed = Model.numberOr(decay.value);
      view.decay = typed > 0 ? typed : undefined;
    });
    onView(last, () => (view.last = Math.max(0, Math.round(last.value)) || undefined));
    on(step, "input", () => moveTo(Math.round(step.value) || 0));
    on(frame, "change", program);
    on(copy, "click", () => copied(copy, `${code.textContent}\n`));
    on(svgFile, "click", () =>
      Export.download("schedules.svg", "image/svg+xml", Export.svg(svg, items)),
    );
    on(csvFile, "click", () =>
      Export.download("schedules.csv", "text/csv", Export.csv(items, view.shown)),
    );
    on(embed, "click", () => (toAddress(), copied(embed, Export.frame(items))));
    on(link, "click", () => (toAddress(), copied(link, location.href)));
    const pointed = (event) => moveTo(drawn.x.back(event.clientX - svg.getBoundingClientRect().left));
    on(svg, "pointermove", pointed);
    on(svg, "pointerdown", pointed);
    on(svg, "keydown", (event) => {
      const share = (of) => Math.max(1, Math.round(view.shown / of));
      const by = event.shiftKey ? 1 : share(100);
      const arrows = { ArrowLeft: -by, ArrowDown: -by, ArrowRight: by, ArrowUp: by };
      const far = { PageDown: -share(10), PageUp: share(10), Home: -Infinity, End: Infinity };
      const to = { ...arrows, ...far }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      moveTo(view.step + to);
    });
    on(add, "click", () => {
      State.edited();
      const slot = [0, 1, 2, 3].find((free) => !items.some((item) => item.slot === free));
      items = [...items, { slot, role: "rate", tree: Model.read(Model.start[slot]) }];
      edit(items.at(-1), "#pg-line");
    });
    on(equal, "click", match);
    on(line, "input", () => {
      byName("note").textContent = "";
      try {
        const { tree, note } = Calls.read(line.value);
        Model.run(tree);
        active.tree = tree;
        byName("note").textContent = note;
        begins();
        problem = draft = "";
        fill();
      } catch (error) {
        draft = error.message;
      }
      show();
    });
    on(line, "blur", () => (line.value = draft ? line.value : active.text));
    on(undo, "click", () => travel(State.undo));
    on(redo, "click", () => travel(State.redo));
    on(document, "keydown", (event) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || !/^[zy]$/.test(key)) return;
      if (event.target.closest("textarea, [contenteditable], " + TEXT_FIELD)) return;
      event.preventDefault();
      travel(key === "y" || event.shiftKey ? State.redo : State.undo);
    });
    // An edit ends when its slider or button is released, and when another control is used.
    for (const name of ["change", "focusout"]) on(root, name, finish);
    on(root, "click", ({ target }) => target.matches("button") && finish());
    on(root, "focusout", () => {
      // The legend stays: the focus may go to one of its buttons, which is being pressed.
      if (ghost) requestAnimationFrame(() => waiting || draw());
      ghost = undefined;
    });
    on(window, "popstate", begin);
    new ResizeObserver(() => requestAnimationFrame(() => waiting || draw())).observe(svg);
  }

  function begin() {
    restore();
    edit(active);
    clearTimeout(describing);
    describe(); // at once; the address stays as it is
  }

  // What a panel below the playground trains.
  globalThis.Playground = { shown: () => ({ last: view.shown, curves: items }) };

  if (Export.embedded) Export.embed(root);
  byName("presets").append(...Presets.row(preset));
  listen();
  begin();
})();
