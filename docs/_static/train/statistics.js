"use strict";
// The statistics of lrschedules.study, with its tables and its words: see _statistics.py and _table.py
// of the package. The tests compare both on random numbers. A study has two seeds or more.

const Statistics = (() => {
  const LEVEL = 0.95; // of all intervals together
  const POWER = 0.8;
  const MOST_SEEDS = 1000;
  const MOST_NAMED = 10; // seeds that a note lists
  const ROUNDING = 4 * 2 ** -23; // differences that vary by less than float32 rounds do not vary
  const BETTER = { minimize: "lower", maximize: "higher" };

  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const mean = (values) => (values.length ? sum(values) / values.length : NaN);

  // Return the standard deviation, with n - 1.
  function deviation(values) {
    const center = mean(values);
    return Math.sqrt(sum(values.map((value) => (value - center) ** 2)) / (values.length - 1));
  }

  // Return the value below which a fraction of the values is, interpolated between two of them.
  function quantile(values, fraction) {
    const sorted = Float64Array.from(values).sort();
    const at = (sorted.length - 1) * fraction;
    const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
    return sorted.length ? below + (above - below) * (at - Math.floor(at)) : NaN;
  }

  // Return mean and quartiles of the finite values.
  function band(values) {
    const finite = values.filter(Number.isFinite);
    return [mean(finite), quantile(finite, 0.25), quantile(finite, 0.75)];
  }

  // Distributions ------------------------------------------------------------------------------

  // Return the probability that Student's t with whole degrees of freedom is between -t and t:
  // Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
  function student(t, freedom) {
    const angle = Math.atan(t / Math.sqrt(freedom));
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    const odd = freedom % 2;
    let [term, total] = [odd ? cosine : 1, 0];
    for (let k = odd ? 3 : 2; k <= freedom; k += 2) {
      total += term;
      term *= (cosine ** 2 * (k - 1)) / k;
    }
    return odd ? (2 / Math.PI) * (angle + sine * total) : sine * total;
  }

  // Return the probability that a standard normal number is between -x and x: G. Marsaglia,
  // Evaluating the normal distribution, Journal of Statistical Software 11 (2004).
  function normal(x) {
    let [term, total] = [x, 0];
    for (let k = 3; total + term !== total; k += 2) {
      total += term;
      term *= (x * x) / k;
    }
    return 2 * total * Math.exp((-x * x) / 2) * (1 / Math.sqrt(2 * Math.PI));
  }

  // Return where a function that rises from 0 has a value.
  function inverse(rising, value, high = 1e6) {
    let low = 0;
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2;
      if (rising(middle) < value) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  // Comparing ----------------------------------------------------------------------------------

  // Bonferroni: the level of each of several intervals that hold together with LEVEL.
  const eachLevel = (comparisons) => 1 - (1 - LEVEL) / Math.max(1, comparisons);

  // Return the approximate number of pairs that make a mean difference significant.
  function seedsNeeded(center, sd, level) {
    const outside = inverse(normal, level, 10);
    const together = outside + inverse(normal, 2 * POWER - 1, 10);
    if (together * sd > Math.sqrt(MOST_SEEDS) * Math.abs(center)) return Infinity;
    const needed = Math.ceil(((together * sd) / center) ** 2 + outside ** 2 / 2);
    return needed <= MOST_SEEDS ? needed : Infinity;
  }

  // Compare runs pair by pair, over the pairs of which both runs are finite.
  function difference(values, baseline, level) {
    const none = { low: NaN, high: NaN, needed: NaN, equal: false };
    const pairs = values
      .map((value, i) => [value, baseline[i]])
      .filter((pair) => pair.every(Number.isFinite));
    const paired = pairs.map(([value, base]) => value - base);
    const found = { ...none, pairs: paired.length, difference: mean(paired) };
    const size = Math.max(...pairs.flat().map(Math.abs));
    const spread = Math.max(...paired) - Math.min(...paired);
    if (!paired.length) return found;
    if (paired.length === 1 || spread <= ROUNDING * size) {
      return { ...found, equal: paired.every((value) => value === 0) };
    }
    const sd = deviation(paired);
    const t = inverse((x) => student(x, paired.length - 1), level);
    const half = (t * sd) / Math.sqrt(paired.length);
    const [low, high] = [found.difference - half, found.difference + half];
    const significant = low > 0 || high < 0;
    const needed = significant ? NaN : seedsNeeded(found.difference, sd, level);
    return { ...found, low, high, needed };
  }

  const divergedWords = (diverged, seeds) =>
    diverged ? `; ${diverged} of ${seeds} runs not finite` : "";

  // Return the conclusion that an interval supports, and the number of runs that diverged.
  function verdict({ pairs, low, high, equal }, direction, seeds, diverged, ofBaseline) {
    let words;
    if (pairs < 2) words = pairs ? "one finite pair cannot tell" : "no finite pair";
    else if (equal) words = `equal in every ${pairs === seeds ? "run" : "finite pair"}`;
    else if (Number.isNaN(low)) words = "the same difference in every pair: no interval";
    else if (low <= 0 && high >= 0) words = "no significant difference";
    else {
      // Do not call a schedule better if more of its runs diverged, nor worse if fewer did.
      const side = high < 0 ? "lower" : "higher";
      const won = side === BETTER[direction];
      const fair = won ? diverged <= ofBaseline : diverged >= ofBaseline;
      words = side + (fair ? (won ? ": better" : ": worse") : " where finite");
    }
    return words + divergedWords(diverged, seeds);
  }

  // Return a row for each schedule, the baseline first; values are lists of one value for each seed.
  function rows(values, names, direction) {
    const level = eachLevel(names.length - 1);
    const finite = values.map((runs) => runs.filter(Number.isFinite));
    const seeds = values[0].length;
    const diverged = finite.map((runs) => seeds - runs.length);
    return values.map((runs, i) => {
      const own = {
        schedule: names[i],
        mean: mean(finite[i]),
        sd: finite[i].length > 1 ? deviation(finite[i]) : NaN,
        median: quantile(finite[i], 0.5),
        seeds,
        diverged: diverged[i],
      };
      if (!i) {
        const words = `baseline${divergedWords(diverged[0], seeds)}`;
        return { ...own, difference: NaN, low: NaN, high: NaN, needed: NaN, verdict: words };
      }
      const found = difference(runs, values[0], level);
      const words = verdict(found, direction, seeds, diverged[i], diverged[0]);
      return { ...own, ...found, verdict: words };
    });
  }

  // Words --------------------------------------------------------------------------------------

  const percent = (level) => `${Number((100 * level).toPrecision(4))} %`;

  // Cut a number off after some decimals, or round it there. Between two that are equally near,
  // Python takes the even one; toFixed and toExponential take the larger one.
  function decimals(exact, rounded, digits) {
    const end = exact.indexOf(".") + (digits ? digits + 1 : 0);
    const [kept, rest] = [exact.slice(0, end), exact.slice(end).replace(".", "")];
    return /^50*$/.test(rest) && kept.at(-1) % 2 === 0 ? kept : rounded;
  }

  // Return a number with two digits of its uncertainty, or four of its own where it has none.
  function number(value, uncertainty = NaN, sign = "") {
    if (Number.isNaN(value)) return "";
    const power = (x) => Math.floor(Math.log10(Math.abs(x)));
    const own = value ? power(value) : 0;
    const last = uncertainty > 0 ? power(uncertainty) - 1 : own - 3;
    const plus = value < 0 ? "" : sign;
    if (last >= -7 && own < 7) {
      const digits = Math.max(0, -last);
      return plus + decimals(value.toFixed(100), value.toFixed(digits), digits);
    }
    const digits = Math.max(0, own - last);
    const [exact, exponent] = value.toExponential(99).split("e");
    const [rounded, after] = value.toExponential(digits).split("e");
    const found = decimals(exact, rounded, digits);
    return `${plus}${found}e${(found === rounded ? after : exponent).replace(/(?<=^.)(?=.$)/, "0")}`;
  }

  const half = ({ low, high }) => (high - low) / 2;
  const ends = (row) =>
    half(row) > 0 ? [row.low, row.high].map((end) => number(end, half(row), "+")) : [];
  const differenceOf = (row) =>
    number(row.difference, half(row) > 0 ? half(row) : Math.abs(row.mean) / 100, "+");

  // Return the table of a metric: its caption, its columns that are not empty, and its notes.
  function table(metric, epoch, direction, names, values) {
    const found = rows(values, names, direction);
    const own = (row, value) =>
      number(value, row.sd / Math.sqrt(row.seeds - row.diverged || 1));
    const interval = found.some((row) => ends(row).length) ? ` [${percent(LEVEL)} interval]` : "";
    const diverged = found.some((row) => row.diverged);
    const shown = (row) => (ends(row).length ? ` [${ends(row).join(", ")}]` : "");
    const needed = (row) =>
      Number.isFinite(row.needed) ? `${row.needed}` : row.needed ? `> ${MOST_SEEDS}` : "";
    const columns = [
      ["schedule", (row) => row.schedule],
      ["mean", (row) => own(row, row.mean)],
      ["sd", (row) => own(row, row.sd)],
      ["median", (row) => own(row, row.median)],
      ["seeds", (row) => `${row.seeds}`],
      ["not finite", (row) => (diverged ? `${row.diverged}` : "")],
      [`difference${interval}`, (row) => differenceOf(row) + shown(row)],
      ["verdict", (row) => row.verdict],
      ["seeds needed", needed],
    ].map(([title, cell]) => ({ title, cells: found.map(cell) }));
    return {
      caption: `${metric} after epoch ${epoch} (${BETTER[direction]} is better)`,
      columns: columns.filter(({ cells }) => cells.some(Boolean)),
      notes: notes(found, values),
      words: words(metric, epoch, found),
    };
  }

  // Return the notes below a table: method, number of seeds and limitations.
  function notes(found, values) {
    const seeds = `${found[0].seeds} seeds`;
    const comparisons = found.length - 1;
    const all = [`Mean, standard deviation (sd) and median over ${seeds}.`];
    const paired = `Differences from ${found[0].schedule}, paired by seed (${seeds})`;
    if (comparisons === 1) {
      all[0] = `${paired}, with Student's t interval at ${percent(LEVEL)}.`;
    } else if (comparisons) {
      const together = `all ${comparisons} hold together at ${percent(LEVEL)}`;
      const each = percent(eachLevel(comparisons));
      all[0] = `${paired}, with Student's t intervals: ${together} (Bonferroni: each at ${each}).`;
    }
    if (found.some((row) => row.needed > 0)) {
      all.push(
        "Seeds needed: approximate number of seeds that make a true difference of the measured " +
          `size significant with ${percent(POWER)} power.`,
      );
    }
    const named = found.flatMap(({ schedule }, i) => {
      const gone = values[i].flatMap((run, seed) => (Number.isFinite(run) ? [] : [seed]));
      const more = gone.length > MOST_NAMED ? ["..."] : [];
      const listed = [...gone.slice(0, MOST_NAMED), ...more].join(", ");
      return gone.length ? [`${schedule}, seed${gone.length === 1 ? "" : "s"} ${listed}`] : [];
    });
    if (named.length) {
      all.push(
        `Not finite: ${named.join("; ")}. These runs are left out of mean, sd and median, and ` +
          "their pairs out of the differences.",
      );
    }
    return all;
  }

  // Return the differences of a table as a sentence, with intervals and verdicts.
  function words(metric, epoch, [baseline, ...others]) {
    const each = others.map((row) => {
      const interval = `, ${percent(LEVEL)} interval ${ends(row).join(" to ")}`;
      const shown = differenceOf(row) || "unknown";
      return `${row.schedule}: ${shown}${row.low <= row.high ? interval : ""} (${row.verdict})`;
    });
    return (
      `Mean difference in ${metric} from ${baseline.schedule} after epoch ${epoch}, ` +
      `${baseline.seeds} seeds. ${each.join("; ")}.`
    );
  }

  return { table, band, number };
})();
