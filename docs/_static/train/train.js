"use strict";
// A panel that trains the tutorial's net under several schedules, in workers: the curves while they
// train, then the tables. Nothing else is loaded before its button is pressed.

(() => {
  const here = new URL(".", document.currentScript.src);
  const FILES = ["train/net.js", "train/statistics.js", "train/data.js"];
  const PLAYGROUND = ["lrschedules.js", "display.js", "model.js"].map((file) => `playground/${file}`);
  const METRICS = { val_loss: "minimize", val_accuracy: "maximize" };
  const SHOWN = "val_loss";
  const DASHES = ["", "9 4", "3 4", "12 4 2 4"];
  const MOST = 1.5; // losses above are not drawn

  // Loading ------------------------------------------------------------------------------------

  const loading = new Map();

  // Load a script once; a page that has it already names it with a question mark and a hash.
  function load(file) {
    const { href } = new URL(`../${file}`, here);
    const there = [...document.scripts].some(({ src }) => src.split("?")[0] === href);
    if (!loading.has(file) && !there) {
      const script = Object.assign(document.createElement("script"), { src: href });
      script.async = false; // each needs those before it
      const loaded = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = () => {
          loading.delete(file); // the next press tries again
          script.remove();
          reject(Error(`${file} could not be loaded`));
        };
      });
      loading.set(file, loaded);
      document.head.append(script);
    }
    return loading.get(file);
  }

  // Return a worker that trains, made from the text of a function: a page that was opened from the
  // disk cannot load a file into a worker.
  function worker() {
    const work = (net) => {
      onmessage = ({ data: { data, rates, seeds, weights } }) => {
        const drawn = seeds.map((seed) => net.drawn(data.y, seed, weights));
        for (const logs of net.study(data, rates, drawn)) postMessage(logs);
      };
    };
    const text = `"use strict";\n(${work})((${Net})());`;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const made = new Worker(address);
    URL.revokeObjectURL(address);
    return made;
  }

  // Return the seeds from 0 on in equal shares, one for each worker.
  function shares(seeds) {
    const workers = Math.min(navigator.hardwareConcurrency || 1, seeds / 5);
    const share = Math.ceil(seeds / workers);
    return Array.from({ length: Math.ceil(seeds / share) }, (_, i) =>
      Array.from({ length: Math.min(share, seeds - i * share) }, (_, k) => i * share + k),
    );
  }

  // Return the values of each metric, schedule by schedule, of all workers after one epoch.
  const joined = (parts) =>
    Object.fromEntries(
      Object.keys(METRICS).map((metric) => [
        metric,
        parts[0][metric].map((_, i) => parts.flatMap((logs) => logs[metric][i])),
      ]),
    );

  // Drawing ------------------------------------------------------------------------------------

  function element(name, attributes = {}, ...content) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  }

  const NAMESPACE = "http://www.w3.org/2000/svg";
  function drawn(parent, name, attributes, text = "") {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    parent.append(made);
    return made;
  }

  // Draw means and interquartile ranges of the epochs so far: bands[schedule][epoch].
  function chart(svg, bands, epochs) {
    const [width, height] = [Math.max(280, svg.clientWidth), 300];
    const [left, right, top, bottom] = [52, width - 12, 10, height - 42];
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();
    const highest = Math.max(0.1, ...bands.flat(2).filter((value) => value <= MOST));
    const tick = [0.05, 0.1, 0.2, 0.5].find((by) => highest / by <= 6);
    const most = Math.ceil(highest / tick - 1e-9) * tick;
    const x = (epoch) => left + ((right - left) * epoch) / epochs;
    const y = (loss) => bottom - ((bottom - top) * Math.min(loss, 2 * most)) / most;
    const axes = drawn(svg, "g", { class: "train-axes" });
    const label = (at, text, more) => drawn(axes, "text", { ...at, ...more }, text);
    for (let k = 0; k * tick <= most + 1e-9; k++) {
      const at = y(k * tick);
      drawn(axes, "line", { x1: left, x2: right, y1: at, y2: at });
      label({ x: left - 6, y: at + 4 }, String(Number((k * tick).toFixed(2))), { "text-anchor": "end" });
    }
    for (let epoch = 0; epoch <= epochs; epoch += 10) {
      label({ x: x(epoch), y: bottom + 18 }, epoch, { "text-anchor": "middle" });
    }
    label({ x: (left + right) / 2, y: height - 4 }, "epoch", { "text-anchor": "middle" });
    const turned = { transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)` };
    label(turned, "validation loss", { "text-anchor": "middle" });
    const box = { x: 0, y: top, width, height: bottom - top }; // which cuts off what is above
    const viewBox = `0 ${top} ${width} ${bottom - top}`;
    const inside = drawn(svg, "svg", { ...box, viewBox, "aria-hidden": "true" });
    bands.forEach((points, i) => {
      const finite = points.map((band, k) => [k + 1, ...band]).filter((band) => band[1] < Infinity);
      const line = (column) => finite.map((band) => `${x(band[0])},${y(band[column])}`);
      const area = [...line(2), ...line(3).reverse()].join(" ");
      drawn(inside, "polygon", { points: area, class: `train-band train-color-${i}` });
      const look = { class: `train-curve train-color-${i}`, "stroke-dasharray": DASHES[i] };
      drawn(inside, "polyline", { points: line(1).join(" "), ...look });
    });
  }

  function legend(names) {
    const entries = names.map((name, i) => {
      const svg = document.createElementNS(NAMESPACE, "svg");
      const size = { class: "train-swatch", viewBox: "0 0 30 10", "aria-hidden": "true" };
      for (const [key, value] of Object.entries(size)) svg.setAttribute(key, value);
      const look = { class: `train-curve train-color-${i}`, "stroke-dasharray": DASHES[i] };
      drawn(svg, "path", { d: "M1,5H29", ...look });
      return element("li", {}, svg, name);
    });
    return element("ul", { class: "train-legend" }, ...entries);
  }

  // Return the mean losses at five epochs in words.
  function described(names, bands) {
    const last = bands[0].length;
    const epochs = [...new Set([0, 1, 2, 3, 4].map((i) => 1 + Math.floor(((last - 1) * i) / 4)))];
    const words = names.map((name, i) => {
      const means = epochs.map((epoch) => {
        const [mean] = bands[i][epoch - 1];
        return `${Number.isNaN(mean) ? "not finite" : Statistics.number(mean)} at ${epoch}`;
      });
      return `${name}: ${means.join(", ")}`;
    });
    return `Mean ${SHOWN} by epoch. ${words.join("; ")}.`;
  }

  // Return a table as Python shows it in a notebook.
  function shown({ caption, columns, notes }) {
    const [first, ...others] = columns;
    const words = ({ title }) => (title === "verdict" ? { class: "train-words" } : {});
    const head = columns.map((column) =>
      element("th", { scope: "col", ...words(column) }, column.title),
    );
    const rows = first.cells.map((name, i) => {
      const cells = others.map((column) => element("td", words(column), column.cells[i]));
      return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
    });
    const scroll = { class: "train-scroll", tabindex: "0", role: "region", "aria-label": caption };
    const table = element(
      "table",
      {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    );
    return [element("div", scroll, table), ...notes.map((note) => element("p", {}, note))];
  }

  // Panel --------------------------------------------------------------------------------------

  // Return the schedules to train, each {name, schedule}: those of the panel, or those that the
  // playground shows, stretched from the steps that it shows to the updates of the training.
  function schedules({ schedules }, updates) {
    if (schedules) {
      const run = ([name, line]) => ({ name, schedule: Model.run(Model.read(line)) });
      return { given: Object.entries(JSON.parse(schedules)).map(run), note: "" };
    }
    const { last, curves } = Playground.shown();
    const given = curves.map(({ text, schedule }) => ({
      name: Display.shortened(text, 60),
      schedule: last === updates ? schedule : schedule.stretch(updates / last),
    }));
    const factor = Display.number(updates / last);
    const note = ` The steps shown become ${updates} updates: .stretch(${factor}).`;
    return { given, note: last === updates ? "" : note };
  }

  function panel(root) {
    root.insertAdjacentHTML(
      "beforeend",
      `<div class="train-tools">
        <label>Seeds <select>${[10, 30, 100].map((n) => `<option>${n}</option>`)}</select></label>
        <button type="button">Train</button>
        <progress value="0" aria-label="Epochs trained" hidden></progress>
      </div>
      <p class="train-said" role="status"></p>
      <p class="train-error" role="alert"></p>
      <figure hidden><svg class="train-chart" role="img"></svg></figure>
      <div class="train-tables"></div>`,
    );
    const [select, button, progress] = ["select", "button", "progress"].map((name) =>
      root.querySelector(name),
    );
    const [said, wrong, figure, tables] = ["said", "error", "figure", "tables"].map((name) =>
      root.querySelector(name === "figure" ? name : `.train-${name}`),
    );
    const svg = figure.querySelector("svg");
    if (root.dataset.seeds) select.value = root.dataset.seeds;
    let running; // {cancelled, cancel}

    function fail(error) {
      wrong.textContent = `The training failed: ${error.message || "unknown error"}.`;
      said.textContent = "";
    }

    // Train; resolve when all epochs are done, or when the reader cancels.
    async function train() {
      await Promise.all([...FILES, ...(root.dataset.schedules ? PLAYGROUND : [])].map(load));
      if (running.cancelled) return;
      const { EPOCHS, updates } = Net();
      const steps = updates(IONOSPHERE.y.length);
      const { given, note } = schedules(root.dataset, steps);
      const names = given.map(({ name }) => name);
      const rates = given.map(({ schedule }) =>
        Float64Array.from({ length: steps }, (_, step) => schedule(step)),
      );
      const seeds = Number(select.value);
      const bands = names.map(() => []);
      Object.assign(progress, { max: EPOCHS, value: 0, hidden: false });
      said.textContent = `Training ${names.length * seeds} runs of ${EPOCHS} epochs.${note}`;
      figure.replaceChildren(svg, legend(names));
      figure.hidden = false;
      const begin = performance.now();
      const trainers = shares(seeds).map((share) => ({ share, worker: worker(), epochs: [] }));
      try {
        await new Promise((resolve, reject) => {
          running.cancel = () => {
            said.textContent = `Cancelled after epoch ${bands[0].length}.`;
            resolve();
          };
          const after = (logs) => {
            logs[SHOWN].forEach((values, i) => bands[i].push(Statistics.band(values)));
            progress.value = bands[0].length;
            chart(svg, bands, EPOCHS);
            svg.setAttribute("aria-label", described(names, bands));
            if (bands[0].length < EPOCHS) return;
            const found = Object.entries(METRICS).map(([metric, direction]) =>
              Statistics.table(metric, EPOCHS, direction, names, logs[metric]),
            );
            tables.replaceChildren(...found.flatMap(shown));
            const seconds = ((performance.now() - begin) / 1000).toFixed(1);
            const words = names.length > 1 ? found.map((table) => table.words) : [];
            const done = `Trained ${names.length * seeds} runs in ${seconds} seconds.${note}`;
            said.textContent = [done, ...words].join("\n");
            resolve();
          };
          for (const { share, worker, epochs } of trainers) {
            worker.onerror = reject;
            worker.onmessageerror = () => reject(Error("a message of a worker was damaged"));
            worker.onmessage = ({ data: logs }) => {
              epochs.push(logs);
              if (!trainers.every((trainer) => trainer.epochs.length)) return;
              try {
                after(joined(trainers.map((trainer) => trainer.epochs.shift())));
              } catch (error) {
                reject(error);
              }
            };
            const { weights } = root.dataset;
            worker.postMessage({ data: IONOSPHERE, rates, seeds: share, weights });
          }
        });
      } finally {
        for (const { worker } of trainers) worker.terminate();
      }
    }

    button.onclick = async () => {
      if (running) {
        running.cancel();
        return;
      }
      running = {
        cancel: () => {
          running.cancelled = true;
          said.textContent = "Cancelled.";
        },
      };
      button.textContent = "Cancel";
      select.disabled = true;
      wrong.textContent = "";
      tables.replaceChildren();
      said.textContent = "Loading the data and the program.";
      try {
        await train();
      } catch (error) {
        fail(error);
      }
      running = undefined;
      button.textContent = "Train";
      select.disabled = false;
      progress.hidden = true;
    };
  }

  for (const root of document.querySelectorAll(".train")) panel(root);
})();
