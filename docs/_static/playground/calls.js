"use strict";
// Calls of other libraries, pasted as they are. What each stands for comes from the tests that
// compare the libraries with the package.

const Calls = (() => {
  const { calls, ignored } = LRS.choices;
  const ASSUMED = 0.1; // the base rate of an optimizer that is not in the call
  const CALL = /^\s*(?:\w+\s*=\s*)?(?:[A-Za-z_]\w*\s*\.\s*)*([A-Za-z_]\w*)\s*\(([^]*)\)\s*;?\s*$/;
  const LONGEST = 2000; // characters
  const RATE = /\b(?:lr|learning_rate)\s*=\s*([\d.e+-]+)/i;
  const KEYWORD = /^(\w+)\s*=(?!=)\s*([^]*)$/;

  // Return the arguments in a text, which commas outside of brackets and quotes separate.
  function split(text) {
    const found = [""];
    let [depth, quote] = [0, ""];
    for (const letter of text.replace(/#.*/g, "")) {
      if (quote) quote = letter === quote ? "" : quote;
      else if (/["']/.test(letter)) quote = letter;
      else if (/[([{]/.test(letter)) depth++;
      else if (/[)\]}]/.test(letter)) depth--;
      if (depth < 0) return undefined; // the text is not one call
      if (letter === "," && !depth && !quote) found.push("");
      else found[found.length - 1] += letter;
    }
    return found.map((part) => part.trim()).filter(Boolean);
  }

  const CONSTANTS = new Map([
    ["True", true],
    ["False", false],
    ["None", null],
  ]);

  // Return the value of an argument: a number, a string, true, false or null, or else its text.
  function valueOf(text) {
    if (CONSTANTS.has(text)) return CONSTANTS.get(text);
    return /^(["'])(.*)\1$/.exec(text)?.[2] ?? Model.numberOr(text);
  }

  // Return the values that a call gives to the parameters of a function, by name.
  function bound(parameters, parts) {
    const given = new Map();
    parts.forEach((part, i) => {
      const [, name, text] = KEYWORD.exec(part) ?? [undefined, parameters[i]?.[0], part];
      const known = ignored.includes(name) || parameters.some(([other]) => other === name);
      if (!name) throw Error("too many arguments");
      if (!known) throw Error(`the argument ${name} is not translated`);
      given.set(name, valueOf(text));
    });
    for (const [name, ...fallback] of parameters) {
      if (given.has(name) || ignored.includes(name)) continue;
      if (!fallback.length) throw Error(`${name} is missing`);
      given.set(name, fallback[0]);
    }
    return given;
  }

  // Return the line that stands for a call with these values.
  function line({ parameters, lines }, given) {
    const holds = ([conditions]) =>
      Object.entries(conditions).every(([name, value]) => given.get(name) === value);
    const [conditions, template] = lines.find(holds) ?? [{}, ""];
    for (const [name, fallback] of parameters) {
      const used = name in conditions || template.includes(`{${name}}`) || ignored.includes(name);
      if (!used && given.get(name) !== fallback) throw Error(`this ${name} is not translated`);
    }
    const text = template.replace(/\{(\w+)\}/g, (_, name) => {
      const value = given.get(name);
      const list = /^[[(][\d\s.,e+*/_-]*[\])]$/i.test(value);
      if (typeof value !== "number" && !list) throw Error(`write a number for ${name}`);
      return value;
    });
    return text.replace(/\.(?:warmup|delay)\(0(?:, [^()]*)?\)/g, "");
  }

  // Round what a template has computed: 0.1 * 0.1 is 0.010000000000000002.
  function rounded(tree) {
    for (const { args } of [tree, ...tree.calls]) {
      for (const [name, it] of Object.entries(args)) {
        if (typeof it === "number") args[name] = Number(it.toPrecision(12));
        if (it?.calls) rounded(it);
      }
    }
    return tree;
  }

  // Return the tree of a line of Python, or of the call of another library, with a note about it.
  function read(text) {
    const [, name, inner] = (text.length < LONGEST && CALL.exec(text)) || [];
    const call = calls.find((other) => other.name === name);
    const parts = call && split(inner);
    if (!parts) return { tree: Model.read(text), note: "" };
    try {
      const rate = RATE.exec(call.parameters[0][0] === "optimizer" && parts[0])?.[1];
      const given = bound(call.parameters, parts).set("rate", Number(rate ?? ASSUMED));
      const template = line(call, given);
      const tree = rounded(Model.read(template));
      Model.run(tree);
      const from = `${name} of ${call.library} is ${Model.python(tree)} in lrschedules.`;
      const complete = rate || !call.lines.some(([, each]) => each.includes("{rate}"));
      const assumed = complete ? "" : ` The call has no base rate; ${ASSUMED} is assumed.`;
      return { tree, note: from + assumed };
    } catch (error) {
      throw Error(`${name} of ${call.library}: ${error.message}${Model.meant(name)}`);
    }
  }

  return { read };
})();
