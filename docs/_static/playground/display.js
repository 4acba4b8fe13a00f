"use strict";
// Numbers and schedules as text. number() writes every number on the page: in the legend, at both
// axes, in the description, in the table and for a screen reader.

const Display = (() => {
  const THIN = "\u202f";
  const CODE = 120; // the number of characters of a line of Python where it serves as a name

  // Return x in exponential notation, rounded to a number of digits. If two numbers are equally near,
  // Python takes the even one, and toExponential the larger one.
  function rounded(x, digits) {
    const [exact, power] = x.toExponential(99).split("e");
    const end = exact.indexOf(".") + digits;
    const halfway = /^50*$/.test(exact.slice(end));
    if (halfway && Number(exact[end - 1]) % 2 === 0) return `${exact.slice(0, end)}e${power}`;
    return x.toExponential(digits - 1);
  }

  // Return a number as Python's format(x, ".3g") writes it. From 1000 to a million it has all its
  // digits, with thousands apart.
  function number(x, digits = 3) {
    if (x === 0) return "0"; // -0 too
    if (!Number.isFinite(x)) return String(x);
    const [mantissa, power] = rounded(x, digits).split("e");
    if (power < -4 || power >= Math.max(digits, 6)) {
      const exponent = String(Math.abs(power)).padStart(2, "0");
      return `${Number(mantissa)}e${power < 0 ? "-" : "+"}${exponent}`;
    }
    const apart = (whole) => whole.replace(/\B(?=(\d{3})+$)/g, THIN);
    return String(Number(`${mantissa}e${power}`)).replace(/\d+/, apart);
  }

  // Return a step, with all its digits.
  const counted = (step) => number(step, 10);

  // Return a line of Python, or the beginning and the end of a long one.
  function shortened(text, most = CODE) {
    if (text.length <= most) return text;
    const half = Math.floor((most - 3) / 2);
    return `${text.slice(0, half)} … ${text.slice(-half)}`;
  }

  // Return steps that divide the range shown into equal intervals.
  function spread(last, parts) {
    const steps = Array.from({ length: parts + 1 }, (_, i) => Math.floor((last * i) / parts));
    return [...new Set(steps)];
  }

  // Return the sum of the rates of all steps before the last, and their mean; ≈ marks an estimate
  // from samples.
  const about = ({ points }, last) => (points.length > last ? "" : "≈ ");
  const total = (item, last) => about(item, last) + number(item.sum);
  const mean = (item, last) => about(item, last) + number(item.sum / last);

  // Return where a schedule ends; from there on, its rate is constant.
  const end = ({ length }) => (length === null ? "open-ended" : `ends at step ${counted(length)}`);

  const MOST_PHASES = 12; // that are shown; more would be too narrow

  // Return the phases of a composition, named by what the rate does in each; none for a single one.
  function phases(schedule, last) {
    const found = schedule.phases(last).filter(({ start, stop }) => start < stop && start < last);
    if (found.length < 2 || found.length > MOST_PHASES) return [];
    return found.map(({ start, stop }, i) => {
      const middle = Math.floor((start + stop) / 2);
      const [from, between, to] = [start, middle, stop - 1].map((t) => schedule(t));
      let name = "cycle";
      if (from === to && between === from) name = "constant";
      else if (from <= between && between <= to) name = i ? "rise" : "warmup";
      else if (from >= between && between >= to) name = "decay";
      return { start, stop: Math.min(stop, last), name };
    });
  }

  const phased = (schedule, last) =>
    phases(schedule, last)
      .map(({ stop, name }) => `${name} to step ${counted(stop)}`)
      .join(", ");

  // What a schedule may be the schedule of; the names in the address, and those that are shown.
  const ROLES = { rate: "learning rate", momentum: "momentum", decay: "weight decay" };

  // The units of the axis: each with what the page asks for, and what a step is in it.
  const UNITS = {
    steps: { label: "", name: "step", of: () => 1 },
    epochs: { label: "steps per epoch", name: "epoch", of: (per) => 1 / per },
    tokens: { label: "tokens per step", name: "tokens", of: (per) => per },
  };

  // Return the unit of an axis, with the number of them in a step.
  const unitOf = ({ unit, per }) => ({ ...UNITS[unit], factor: UNITS[unit].of(per) });

  // Return a step in another unit, in parentheses.
  function inUnit(step, { unit, per }) {
    if (unit === "steps") return "";
    const text = number(step * UNITS[unit].of(per));
    return unit === "epochs" ? ` (epoch ${text})` : ` (${text} tokens)`;
  }

  // Return the description of a curve.
  function sentence(item, last) {
    const { text, schedule, role } = item;
    const at = (t) => `${number(schedule(t))} at ${t ? "" : "step "}${counted(t)}`;
    const values = spread(last, 4).map(at).join(", ");
    const sums = `sum ${total(item, last)}, mean ${mean(item, last)}`;
    const parts = [`${ROLES[role]} ${values}`, sums, end(schedule), phased(schedule, last)];
    return `${shortened(text)}: ${parts.filter(Boolean).join("; ")}.`;
  }

  // Return the rows of the table of rates, each a step and the rates there.
  const table = (items, last) =>
    spread(last, 20).map((t) => [counted(t), ...items.map(({ schedule }) => number(schedule(t)))]);

  // Return the step under the cursor and the rates there, for a screen reader.
  function reading(items, step, view) {
    const rates = items.map(({ text, schedule }) => {
      return `${number(schedule(step))} for ${shortened(text)}`;
    });
    return `step ${counted(step)}${inUnit(step, view)}: ${rates.join(", ")}`;
  }

  return {
    number,
    counted,
    shortened,
    total,
    mean,
    end,
    phases,
    ROLES,
    UNITS,
    unitOf,
    inUnit,
    sentence,
    table,
    reading,
  };
})();
