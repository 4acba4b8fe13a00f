"use strict";
// The model: a schedule as a tree, read from a line of Python and written as one.
//
// A tree is {name, args, calls}: what it begins with, the arguments that differ from their defaults,
// and the methods called on it, each {name, args}. An argument is a number, a list of numbers, a
// boolean, the name of a shape (a string), or a tree.

const Model = (() => {
  const { begins, methods, shapes, start } = LRS.choices;
  const known = (list) => new Map(list.map((entry) => [entry.name, entry]));
  const beginOf = known(begins);
  const methodOf = known(methods);

  // Reading ------------------------------------------------------------------------------------

  const TOKEN =
    /\s*(?:(\d[\d_]*\.?[\d_]*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([A-Za-z_]\w*)|(\S))/giy;

  const WORDS = { True: true, False: false, None: undefined };

  function tokens(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    for (let match; TOKEN.lastIndex < text.trimEnd().length && (match = TOKEN.exec(text));) {
      const [, number, name, sign] = match;
      found.push(number ? { number: Number(number.replaceAll("_", "")) } : { name, sign });
    }
    return found;
  }

  // Return the tree that a line of Python makes, or throw an error that says what is not understood.
  function read(text) {
    const rest = tokens(text.replace(/^\s*schedule\s*=/, ""));
    const at = (sign) => rest[0]?.sign === sign;
    const take = (sign) => (at(sign) ? rest.shift() : undefined);
    const need = (sign) => {
      if (!take(sign))
        throw Error(`expected ${sign} ${rest.length ? `before ${shown(rest[0])}` : "at the end"}`);
    };
    const shown = (token) => token.name ?? token.sign ?? token.number;

    function sum() {
      let value = product();
      while (take("+")) value = combined(value, product(), "plus", (a, b) => a + b);
      return value;
    }
    function product() {
      let value = factor();
      while (take("*")) value = combined(value, factor(), "scale", (a, b) => a * b);
      return value;
    }
    function combined(a, b, method, ofNumbers) {
      if (typeof a === "number" && typeof b === "number") return ofNumbers(a, b);
      if (typeof a === "number") [a, b] = [b, a];
      if (!a.calls || (b.calls && method === "plus"))
        throw Error("+ and * take schedules and numbers");
      const name = b.calls ? "times" : method;
      return {
        ...a,
        calls: [...a.calls, { name, args: { [methodOf.get(name).parameters[0].name]: b } }],
      };
    }
    function factor() {
      if (take("-")) return -factor();
      if (rest[0]?.number !== undefined) return rest.shift().number;
      if (take("[")) return list("]");
      if (take("(")) {
        const items = list(")"); // a tuple, or one thing in parentheses
        return items.length === 1 && !items.comma ? chained(items[0]) : items;
      }
      const name = rest.shift()?.name;
      if (!name) throw Error("expected a schedule, such as Cosine(0.1, 0, steps=1000)");
      if (at(".")) return take(".") && factor(); // lrs. and lrs.recipes.
      if (name in WORDS) return WORDS[name];
      if (!at("(")) {
        if (!beginOf.has(name)) throw Error(`unknown name ${name}`);
        return name;
      }
      const entry = beginOf.get(name);
      if (!entry) throw Error(`unknown schedule ${name}`);
      return chained({ name, args: given(entry), calls: [] });
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
        const name = rest.shift()?.name;
        const entry = methodOf.get(name);
        if (!entry || !tree.calls) throw Error(`unknown method ${name}`);
        tree.calls.push({ name, args: given(entry) });
      }
      return tree;
    }
    function given(entry) {
      const args = {};
      need("(");
      for (let i = 0; !at(")"); i++) {
        const named = rest[0]?.name && rest[1]?.sign === "=";
        const name = named ? rest.shift().name : entry.parameters[i]?.name;
        if (named) take("=");
        if (!entry.parameters.some((p) => p.name === name)) {
          throw Error(`${entry.name} has no parameter ${name ?? `number ${i + 1}`}`);
        }
        args[name] = sum();
        if (!take(",")) break;
      }
      need(")");
      return args;
    }

    const tree = sum();
    if (rest.length) throw Error(`not understood: ${shown(rest[0])}`);
    if (!tree?.calls) throw Error("expected a schedule, such as Cosine(0.1, 0, steps=1000)");
    return tree;
  }

  // Writing ------------------------------------------------------------------------------------

  const PLAIN = new Set(["start", "stop", "value", "values", "schedule", "second", "other"]);

  const isRecipe = (name) => beginOf.get(name).group === "Recipes";
  const qualified = (name, prefix) => prefix + (prefix && isRecipe(name) ? "recipes." : "") + name;

  function value(it, prefix) {
    if (it?.calls) return python(it, prefix);
    if (Array.isArray(it)) return `[${it.join(", ")}]`;
    if (typeof it === "string") return qualified(it, prefix);
    return typeof it === "boolean" ? { true: "True", false: "False" }[it] : String(it ?? "None");
  }

  function called({ name, args }, entry, prefix) {
    let plain = true;
    const texts = [];
    entry.parameters.forEach((p, i) => {
      if (!(p.name in args)) return (plain = false);
      plain &&= i === 0 || PLAIN.has(p.name);
      texts.push((plain ? "" : `${p.name}=`) + value(args[p.name], prefix));
    });
    return `${name}(${texts.join(", ")})`;
  }

  // Return the line of Python that makes a tree; prefix is "lrs." for code that is to be run.
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

  function run(tree) {
    const argument = (it) => (it?.calls ? run(it) : typeof it === "string" ? LRS[it] : it);
    const values = (args, entry) => entry.parameters.map((p) => argument(args[p.name]));
    return tree.calls.reduce(
      (schedule, call) => {
        if (!schedule[call.name]) throw TypeError(`.${call.name}() is for finite shapes alone`);
        return schedule[call.name](...values(call.args, methodOf.get(call.name)));
      },
      LRS[tree.name](...values(tree.args, beginOf.get(tree.name))),
    );
  }

  // Return the tree of an entry's example, with the arguments of another tree where it has them.
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
      return example; // some numbers are right for the other alone
    }
  }

  // Return a call of a method with arguments that suit the schedule that it is called on.
  function suited(tree, name) {
    const length = LRS.horizon(run(tree));
    const part = Math.max(1, Math.round(length / 10));
    const endless = run(tree).length === null;
    const args = {
      warmup: { steps: part },
      then: { second: read(`Linear(0.01, 0, steps=${2 * part})`), ...(endless && { at: length }) },
      cooldown: { steps: 2 * part, ...(endless && { at: length }) },
      repeat: { cycles: 3, ...(endless && { every: length }) },
      delay: { steps: part },
      stretch: { times: 2 },
      per_epoch: { steps_per_epoch: 10 },
      scale: { factor: 0.5 },
      times: { other: read(`Linear(0, 1, steps=${part})`) },
      plus: { amount: 0.01 },
      clip: { minimum: 0.01, maximum: 0.08 },
      geometric: { start: 0.1, stop: 0.001 },
      k_decay: { k: 2 },
    };
    return { name, args: args[name] };
  }

  return { begins, methods, shapes, start, beginOf, methodOf, read, python, run, begun, suited };
})();
