"use strict";
// The state of the playground is in the address of the page: links, undo and Back all read it there.
// An edit adds an entry to the history of the browser, so that to undo it is to go back.

const State = (() => {
  const MOST = 4; // schedules
  const KEPT = 49; // the number of entries that a browser keeps behind the present one
  const { shortened } = Display;

  // The address --------------------------------------------------------------------------------

  const whole = (text) => (/^\d+$/.test(text) ? Number(text) : undefined);
  const log = {
    read: (text) => text === "log",
    write: (on) => (on ? "log" : undefined),
  };
  const count = { read: (text) => whole(text) || undefined, write: (number) => number };
  // Locked axes: the last step, the highest rate, and the lowest one on a logarithmic axis.
  const range = {
    read: (text) => {
      const [last, top, low] = text.split(",").map(Number);
      return last >= 1 && top > 0 && low > 0 ? { last, top, low } : undefined;
    },
    write: (axes) => axes && [axes.last, axes.top, axes.low].join(","),
  };
  // The unit of the axis of steps, with its number per step, or steps in it: "epochs,390".
  const unit = {
    read: (text) => {
      const [unit, per] = text.split(",");
      return Object.hasOwn(Display.UNITS, unit) && Number(per) > 0 ? unit : "steps";
    },
    write: (unit, { per }) => (unit === "steps" ? undefined : `${unit},${per}`),
  };
  const per = {
    read: (text) => Number(text.split(",")[1]) || undefined,
    write: () => undefined,
  };
  const positive = {
    read: (text) => (Number(text) > 0 ? Number(text) : undefined),
    write: (number) => number,
  };
  const step = { read: whole, write: (number) => number };
  // What a link says besides the schedules: the names in the view and in the address.
  const FIELDS = [
    ["last", "last", count],
    ["logX", "x", log],
    ["logY", "y", log],
    ["axes", "axes", range],
    ["unit", "unit", unit],
    ["per", "unit", per],
    ["decay", "decay", positive],
    ["step", "step", step],
  ];

  // Return the tree of a line of Python, or throw an error that explains what is wrong.
  function valid(text) {
    const { tree } = Calls.read(text);
    Model.run(tree);
    return tree;
  }

  // Return what the address of the page holds: the trees, the view, and what cannot be shown.
  function read() {
    const given = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    const lines = given.getAll("s");
    const of = (given.get("of") ?? "").split(",");
    const role = (i) => (Object.hasOwn(Display.ROLES, of[i]) ? of[i] : "rate");
    const [trees, roles, problems] = [[], [], []];
    for (const [i, line] of lines.slice(0, MOST).entries()) {
      try {
        trees.push(valid(line));
        roles.push(role(i));
      } catch (error) {
        const why = shortened(error.message, 300);
        problems.push(`${shortened(line, 60)} cannot be shown: ${why}`);
      }
    }
    if (lines.length > MOST) problems.push(`only the first ${MOST} schedules are shown`);
    if (!trees.length) trees.push(...Model.start.slice(0, 2).map(valid));
    const fields = FIELDS.map(([name, short, { read }]) => [name, read(given.get(short) ?? "")]);
    const problem = problems.length ? `In the link: ${problems.join("; ")}` : "";
    return { trees, roles, problem, view: Object.fromEntries(fields), ...history.state };
  }

  // Return the part of the address that holds schedules and a view.
  function written(items, view) {
    const plain = (text) => encodeURIComponent(text).replaceAll("%3D", "=").replaceAll("%2C", ",");
    const parts = items.map(({ text }) => `s=${plain(text.replaceAll(" ", ""))}`);
    const roles = items.map(({ role }) => role);
    if (roles.some((role) => role !== "rate")) parts.push(`of=${roles.join(",")}`);
    for (const [name, short, { write }] of FIELDS) {
      const text = write(view[name], view);
      if (text !== undefined) parts.push(`${short}=${text}`);
    }
    return `#${parts.join("&")}`;
  }

  // The history --------------------------------------------------------------------------------

  let place = history.state?.place ?? 0; // the number of the present entry
  let newest = place;
  let editing = false; // an edit is not finished: what follows belongs to it
  let fresh = false; // the edit has no entry yet

  // Note a change of the schedules or of the axes. Return whether an edit begins with it.
  function edited() {
    const begins = !editing;
    fresh ||= begins;
    editing = true;
    return begins;
  }

  // End the edit, so that the next change begins another one. Return whether there was one.
  function finished() {
    const ended = editing;
    editing = false;
    return ended;
  }

  // Write the state into the address: an edit has an entry of its own. "more" is what the address
  // does not say.
  function keep(address, more) {
    const same = address === location.hash;
    const adds = fresh && !same;
    if (adds) newest = place += 1;
    history[adds ? "pushState" : "replaceState"]({ ...more, place }, "", address);
    fresh &&= same && editing; // what has been typed may be the same number so far
  }

  const undoable = () => place > Math.max(0, newest - KEPT);
  const redoable = () => place < newest;

  const mark = () => history.replaceState({ ...history.state, place }, "");

  // An entry without a mark is a link that was followed within the page.
  window.addEventListener("popstate", ({ state }) => {
    [editing, fresh] = [false, false];
    place = state?.place ?? place + 1;
    newest = state ? Math.max(newest, place) : place;
    mark();
  });
  mark();

  return {
    MOST,
    valid,
    read,
    written,
    edited,
    finished,
    fresh: () => fresh,
    keep,
    undoable,
    redoable,
    undo: () => undoable() && history.back(),
    redo: () => redoable() && history.forward(),
  };
})();
