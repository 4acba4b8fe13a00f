"use strict";
// Presets: well-known schedules as small curves, each a button that puts it into the editor.

const Presets = (() => {
  const { element } = Editor;
  const { presets } = LRS.choices;
  const [WIDTH, HEIGHT, LAST] = [72, 36, 1000];

  // Return the button of a preset; "chosen" is called with its line of Python.
  function button(name, code, chosen) {
    const schedule = Model.run(Model.read(code));
    const points = Chart.keySteps(schedule, LAST).map((t) => [t, schedule(t)]);
    const curve = Chart.thumbnail(points, LAST, WIDTH, HEIGHT);
    return element("button", { type: "button", onclick: () => chosen(code) }, curve, name);
  }

  const row = (chosen) => presets.map(([name, code]) => button(name, code, chosen));

  return { row };
})();
