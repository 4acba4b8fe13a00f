"use strict";
// The model: a schedule as a tree, read from a line of Python and written as one.
//
// A tree is {name, args, calls}: a schedule or a recipe, its arguments that differ from their
// defaults, and the methods called on it, each {name, args}. An argument is a number, a list of numbers, a
// boolean, the name of a shape (a string), or a tree; for None it is undefined.

const Model = (() => {
  const { begins, methods, combinators, elsewhere, shapes, start } = LRS.choices;
  const known = (list) => new Map(list.map((entry) => [entry.name, entry]));
  const beginOf = known(begins);
  const methodOf = known(methods);

  // Suggestions for unknown names ----------------------------------------------------------------

  const plain = (name) => name.toLowerCase().replaceAll("_", "");

  // Return how many letters must be changed, added or removed to turn one name into another.
  function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        const changed = row[j - 1] + (a[i - 1] !== b[j - 1]);
        next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
      }
      row = next;
    }
    return row[b.length];
  }

  // Return the name that was probably meant: one that begins so, or one that is spelled similarly.
  function nearest(name, names) {
    const typed = plain(name).slice(0, 40);
    const far = (other) => distance(typed, plain(other));
    const candidates = [...names].sort((a, b) => far(a) - far(b));
    const begun = candidates.find((other) => typed.length > 2 && plain(other).startsWith(typed));
    return begun ?? candidates.find((other) => far(other) <= typed.length / 4);
  }

  // Return what to write for an unknown name: one of another library, or a misspelled one.
  function meant(name) {
    if (Object.hasOwn(combinators, name)) {
      return `: write .${combinators[name]}() after a schedule`;
    }
    const typed = plain(name);
    const [ours, theirs] = [[...beginOf.keys()], Object.keys(elsewhere)];
    const own = ours.find((other) => plain(other) === typed);
    const other =
      theirs.find((other) => other === name) ??
      theirs.find((other) => plain(other) === typed) ??
      theirs.find((other) => typed.length > 5 && plain(other).startsWith(typed));
    if (!own && other) {
      const [library, line, here] = elsewhere[other];
      return `; did you mean ${here}? That is ${Display.shortened(line)} of ${library}.`;
    }
    const near = own ?? nearest(name, ours);
    return near ? `; did you mean ${near}?` : "";
  }

  // Reading ------------------------------------------------------------------------------------

  // Longer input is refused before it is read, so that no pasted text can block the page.
  const MOST = { letters: 10000, nested: 40, operations: 200 };

  const TOKEN = /#.*|(\.?\d[\w.]*(?:(?<=e)[+-]\d\w*)?)|([A-Z_]\w*)|(\*\*|\/\/|\S)/giu;
  const DIGITS = String.raw`\d(?:_?\d)*`;
  const NUMBER = new RegExp(
    String.raw`^(?:0x(?:_?[\da-f])+|0o(?:_?[0-7])+|0b(?:_?[01])+|` +
      String.raw`(?:${DIGITS}\.?(?:${DIGITS})?|\.${DIGITS})(?:e[+-]?${DIGITS})?)$`,
    "i",
  );
  const LEADING = /^0[\d_]*[1-9][\d_]*$/; // 007 is an error in Python

  const WORDS = new Map([
    ["True", true],
    ["False", false],
    ["None", undefined],
  ]);
  const PACKAGE = new Set(["lrs", "lrschedules", "recipes"]);
  const EXAMPLE = "expected a schedule, such as Cosine(0.1, 0, steps=1000)";

  function literal(text) {
    if (!NUMBER.test(text) || LEADING.test(text)) throw Error(`${text} is not a number`);
    return Number(text.replaceAll("_", ""));
  }

  // Return the numbers, names and signs of a line of Python, unless they are too many.
  function tokens(text) {
    const letters = text.length - (text.match(/\s/g)?.length ?? 0);
    refuseMore("letters", letters, (n) => `This line has ${n} letters, digits and signs`);
    const found = [];
    let [depth, nested, operations] = [0, 0, 0];
    for (const [, number, name, sign] of text.matchAll(TOKEN)) {
      if (number) found.push({ number: literal(number) });
      else if (name || sign) found.push({ name, sign });
      if (sign === "(" || sign === "[") nested = Math.max(nested, ++depth);
      if (sign === ")" || sign === "]") depth--;
      if (/^[(*+/-]/.test(sign ?? "")) operations++;
    }
    refuseMore("nested", nested, (n) => `This line has ${n} parentheses within one another`);
    refuseMore("operations", operations, (n) => `This line has ${n} calls and operators`);
    return found;
  }

  function refuseMore(what, count, said) {
    if (count <= MOST[what]) return;
    const [has, most] = [count, MOST[what]].map(Display.counted);
    throw Error(`${said(has)}; the playground takes at most ${most}.`);
  }

  // Return the value of a line of Python: a tree, a number, a list or the name of a shape. Throw an
  // error that names what is not understood.
  function parsed(text) {
    const found = tokens(text);
    let place = found[0]?.name && found[1]?.sign === "=" ? 2 : 0; // schedule = …
    const peek = (after = 0) => found[place + after] ?? {};
    const at = (sign) => peek().sign === sign;
    const take = (...signs) => (signs.includes(peek().sign) ? found[place++].sign : undefined);
    const need = (sign) => {
      const before = place < found.length ? `before ${shown(peek())}` : "at the end";
      if (!take(sign)) throw Error(`expected ${sign} ${before}`);
    };
    const shown = (token) => token.name ?? token.sign ?? token.number;

    function chain(next, ...signs) {
      let value = next();
      for (let sign; (sign = take(...signs)); ) value = combined(value, sign, next());
      return value;
    }
    const sum = () => chain(product, "+", "-");
    const product = () => chain(signed, "*", "/", "//");
    function signed() {
      const sign = take("-", "+");
      if (!sign) return power();
      const value = signed();
      if (typeof value !== "number") throw Error(`${sign} takes a number, not a schedule`);
      return sign === "-" ? -value : value;
    }
    function power() {
      const value = item();
      return take("**") ? combined(value, "**", signed()) : value;
    }
    function item() {
      if (peek().number !== undefined) return found[place++].number;
      if (take("[")) return list("]");
      if (take("(")) {
        const items = list(")"); // a tuple, or one value in parentheses
        return items.length === 1 && !items.comma ? chained(items[0]) : items;
      }
      const name = dotted();
      if (WORDS.has(name)) return WORDS.get(name);
      const entry = beginOf.get(name);
      if (!at("(")) {
        if (!entry) throw Error(`unknown name ${name}${meant(name)}`);
        return name;
      }
      if (!entry) throw Error(`unknown schedule ${name}${meant(name)}`);
      return chained({ name, args: given(entry), calls: [] });
    }
    // Return the last of several names with dots between; the others must be those of the package.
    function dotted() {
      const names = [];
      do {
        const { name } = peek();
        if (!name) throw Error(EXAMPLE);
        names.push(name);
        place++;
      } while (take("."));
      const last = names.pop();
      const other = names.find((name) => !PACKAGE.has(name));
      if (other && beginOf.has(last)) throw Error(`unknown name ${other}`);
      return last;
    }
    function list(end) {
      const items = [];
      while (!at(end)) {
        items.push(sum());
        items.comma = Boolean(take(","));
        if (!items.comma) break;
      }
      need(end);
      return items;
    }
    function chained(tree) {
      while (take(".")) {
        const { name } = peek();
        place++;
        const entry = methodOf.get(name);
        if (!entry || !tree?.calls) {
          const near = name && tree?.calls && nearest(name, methodOf.keys());
          throw Error(`unknown method ${name}${near ? `; did you mean .${near}()?` : ""}`);
        }
        tree.calls.push({ name, args: given(entry) });
      }
      return tree;
    }
    function given({ name, parameters }) {
      const args = {};
      let last; // keyword argument
      need("(");
      for (let i = 0; !at(")"); i++) {
        let p = parameters[i];
        if (peek().name && peek(1).sign === "=") {
          last = peek().name;
          p = parameters.find((other) => other.name === last);
          if (!p) throw Error(unknown(name, last, parameters));
          place += 2;
        } else if (last) {
          throw Error(`${name}: a positional argument follows ${last}=; write its name`);
        } else if (!p || p.named) {
          const many = parameters.filter((other) => !other.named).length;
          const remedy = `write ${usage(name, parameters)}`;
          throw Error(`${name} takes at most ${many} positional arguments; ${remedy}`);
        }
        if (Object.hasOwn(args, p.name)) throw Error(`${name}: ${p.name} is given twice`);
        args[p.name] = sum();
        if (!take(",")) break;
      }
      need(")");
      return args;
    }

    if (!found.length) throw Error(EXAMPLE);
    const value = sum();
    if (place < found.length) throw Error(`unexpected ${shown(peek())}`);
    return value;
  }

  const usage = (name, parameters) => `${name}(${parameters.map((p) => p.name).join(", ")})`;

  function unknown(name, wrong, parameters) {
    const names = parameters.map((p) => p.name);
    const near = nearest(wrong, names);
    const remedy = near ? `did you mean ${near}?` : `write ${usage(name, parameters)}`;
    return `${name} has no parameter ${wrong}; ${remedy}`;
  }

  const OF_NUMBERS = new Map([
    ["+", (a, b) => a + b],
    ["-", (a, b) => a - b],
    ["*", (a, b) => a * b],
    ["/", (a, b) => a / b],
    ["//", (a, b) => Math.floor(a / b)],
    ["**", (a, b) => a ** b],
  ]);

  // Return the result of an operator for two numbers, or for a schedule and another value.
  function combined(a, sign, b) {
    if (typeof a === "number" && typeof b === "number") {
      const result = OF_NUMBERS.get(sign)(a, b);
      if (!Number.isFinite(result)) throw Error(`${a} ${sign} ${b} is not a number`);
      return result;
    }
    if (typeof a === "number" && (sign === "+" || sign === "*")) [a, b] = [b, a];
    if (!a?.calls) throw Error("+ and * take schedules and numbers");
    if (sign === "/" && typeof b === "number" && b > 0) {
      throw Error(`a schedule cannot be divided: write * ${1 / b} instead of / ${b}`);
    }
    if (sign === "-") {
      throw Error(
        "nothing can be subtracted from a schedule, because rates are not negative: " +
          "write lower rates, or scale them, for example * 0.9",
      );
    }
    if (sign !== "+" && sign !== "*") throw Error(`${sign} takes numbers; a schedule supports + and *`);
    if (sign === "+" && b?.calls) throw Error("+ takes a schedule and a number, not two schedules");
    if (typeof b !== "number" && !b?.calls) throw Error("+ and * take schedules and numbers");
    const name = sign === "+" ? "plus" : b.calls ? "times" : "scale";
    const args = { [methodOf.get(name).parameters[0].name]: b };
    return { ...a, calls: [...a.calls, { name, args }] };
  }

  // Return the tree that a line of Python makes.
  function read(text) {
    const tree = parsed(text);
    if (!tree?.calls) throw Error(EXAMPLE);
    return tree;
  }

  // Return the number in a text field, or else its text, which run() then refuses.
  function numberOr(text) {
    try {
      const value = parsed(text);
      return typeof value === "number" ? value : text;
    } catch {
      return text;
    }
  }

  // Writing ------------------------------------------------------------------------------------

  const UNNAMED = new Set(["start", "stop", "value", "values", "schedule", "second", "other"]);

  const isRecipe = (name) => beginOf.get(name).group === "Recipes";
  const qualified = (name, prefix) => prefix + (prefix && isRecipe(name) ? "recipes." : "") + name;

  function value(it, prefix) {
    if (it?.calls) return python(it, prefix);
    if (Array.isArray(it)) return `[${it.map((item) => value(item, prefix)).join(", ")}]`;
    if (typeof it === "string") return qualified(it, prefix);
    return typeof it === "boolean" ? { true: "True", false: "False" }[it] : String(it ?? "None");
  }

  function called({ name, args }, entry, prefix) {
    let plain = true;
    const texts = [];
    entry.parameters.forEach((p, i) => {
      if (!(p.name in args)) return (plain = false);
      plain &&= !p.named && (i === 0 || UNNAMED.has(p.name));
      texts.push((plain ? "" : `${p.name}=`) + value(args[p.name], prefix));
    });
    return `${name}(${texts.join(", ")})`;
  }

  // Return the line of Python that makes a tree; prefix is "lrs." in code to copy.
  function python(tree, prefix = "") {
    const begin = called(
      { ...tree, name: qualified(tree.name, prefix) },
      beginOf.get(tree.name),
      prefix,
    );
    const calls = tree.calls.map((call) => `.${called(call, methodOf.get(call.name), prefix)}`);
    return begin + calls.join("");
  }

  // Computing ----------------------------------------------------------------------------------

  const EXPECTED = {
    number: "a number",
    list: "a list of numbers",
    schedule: "a schedule",
    bool: "True or False",
    shape: "a shape, such as Linear or Cosine",
  };

  // Return an argument in the form that the functions of the package take.
  function argument(name, parameters, p, it) {
    if (it === undefined) {
      if ("default" in p) return undefined;
      const remedy = `write ${usage(name, parameters)}`;
      throw TypeError(`${name}: missing a required argument: '${p.name}'; ${remedy}`);
    }
    const shape = p.kind.type === "shape";
    const nested = Array.isArray(it) && it.some((item) => item?.calls);
    if (nested || shape !== (typeof it === "string")) {
      const got = Display.shortened(value(it, ""));
      throw TypeError(`${name}: ${p.name} must be ${EXPECTED[p.kind.type]}, got ${got}`);
    }
    return shape ? LRS[it] : it.calls ? run(it) : it;
  }

  // Return the schedule of a tree, or throw the error of Python.
  function run(tree) {
    const values = ({ name, args }, { parameters }) =>
      parameters.map((p) => argument(name, parameters, p, args[p.name]));
    return tree.calls.reduce(
      (schedule, call) => {
        if (!schedule[call.name]) throw TypeError(`.${call.name}() needs a fixed-length schedule`);
        return schedule[call.name](...values(call, methodOf.get(call.name)));
      },
      LRS[tree.name](...values(tree, beginOf.get(tree.name))),
    );
  }

  // Return how many formulas a rate needs: every step computes all cycles that grow.
  function effort(schedule) {
    const times = schedule.growth && schedule.growth !== 1 ? schedule._cycles.length : 1;
    return LRS.parameters(LRS.type(schedule)).reduce((sum, { name }) => {
      const it = schedule[name];
      if (Array.isArray(it)) return sum + it.length / 10;
      return it instanceof LRS.Schedule ? sum + times * effort(it) : sum;
    }, 1);
  }

  // Return the tree of an example, with the arguments of another tree that have the same names.
  function begun(name, like) {
    const example = read(beginOf.get(name).example);
    const args = { ...example.args };
    for (const p of beginOf.get(name).parameters) {
      const old = like.args[p.name];
      if (typeof old === "number" && p.kind.type === "number") args[p.name] = old;
    }
    try {
      run({ ...example, args });
      return { ...example, args };
    } catch {
      return example; // some numbers fit the other schedule only
    }
  }

  // Return a tree times a factor of six digits, together with that of a last .scale().
  function scaled(tree, factor) {
    const last = tree.calls.at(-1);
    const before = last?.name === "scale" ? last.args.factor : 1;
    const calls = last?.name === "scale" ? tree.calls.slice(0, -1) : tree.calls;
    const product = Number((before * factor).toPrecision(6));
    const call = { name: "scale", args: { factor: product } };
    return { ...tree, calls: product === 1 ? calls : [...calls, call] };
  }

  // Return a method call with arguments that suit its schedule.
  function suited(tree, name) {
    const length = LRS.horizon(run(tree));
    const tenth = Math.max(1, Math.round(length / 10));
    const openEnded = run(tree).length === null;
    const args = {
      warmup: { steps: tenth },
      then: { second: read(`Linear(0.01, 0, steps=${2 * tenth})`), ...(openEnded && { at: length }) },
      cooldown: { steps: 2 * tenth, ...(openEnded && { at: length }) },
      repeat: { cycles: 3, ...(openEnded && { every: length }) },
      delay: { steps: tenth },
      stretch: { times: 2 },
      per_epoch: { steps_per_epoch: 10 },
      scale: { factor: 0.5 },
      times: { other: read(`Linear(0, 1, steps=${tenth})`) },
      plus: { amount: 0.01 },
      clip: { minimum: 0.01, maximum: 0.08 },
      geometric: { start: 0.1, stop: 0.001 },
      k_decay: { k: 2 },
    };
    return { name, args: args[name] };
  }

  return {
    begins,
    methods,
    shapes,
    start,
    beginOf,
    methodOf,
    read,
    meant,
    numberOr,
    python,
    run,
    effort,
    begun,
    scaled,
    suited,
  };
})();
