// What the translated lines need: the built-in functions of Python that they call, and the base of
// declared classes. No formula is here.

const named = (name, cls) => {
  Object.defineProperty(cls, "name", { value: name });
  const made = new Proxy(cls, { apply: (of, _, args) => new of(...args) });
  cls.prototype.constructor = made;
  return made;
};

const ValueError = named("ValueError", class extends Error {});
const OverflowError = named("OverflowError", class extends Error {});
ValueError.prototype.name = "ValueError";

// An object of a class with a __call__ is a function.
class Callable {
  constructor(fields = {}) {
    const self = (...args) => self.__call__(...args);
    delete self.length;
    delete self.name;
    return Object.assign(Object.setPrototypeOf(self, new.target.prototype), fields);
  }
}

// Each text has classes of its own, and takes schedules that another one has made: they are known
// by this mark, and by the names of their classes.
const SCHEDULE = Symbol.for("a schedule of lrschedules");

class Dataclass extends Callable {
  static [Symbol.hasInstance](value) {
    let made = value?.[SCHEDULE] ? value : null;
    while (made && made.constructor.name !== this.name) made = Object.getPrototypeOf(made);
    return made !== null;
  }

  get [SCHEDULE]() {
    return true;
  }

  constructor(...values) {
    super();
    const cls = new.target;
    cls.parameters.forEach((p, i) => {
      const value = values[i] === undefined ? p.default : values[i];
      if (value === undefined) {
        const all = cls.parameters.map((other) => other.name).join(", ");
        throw TypeError(
          `${cls.name}: missing a required argument: '${p.name}'; write ${cls.name}(${all})`,
        );
      }
      this[p.name] = checked(`${cls.name}: ${p.name}`, p.kind, value);
    });
    this.check();
    this._measured = this._measure();
    this._prepared = this._prepare();
  }

  __call__(step) {
    const t = on_numbers.enter(step);
    return on_numbers.leave(this.evaluate(t, on_numbers), t);
  }
}

const declared = (name, cls, parameters, ending) => {
  cls.parameters = parameters.map(([name, kind, value]) => ({ name, kind, default: value }));
  cls.prototype._ending = ending;
  return named(name, cls);
};

const parameters = (cls) => cls.parameters;

// A class of plain values, such as a phase.
class Record {
  constructor(...values) {
    new.target.fields.forEach((name, i) => {
      this[name] = values[i] ?? null;
    });
  }
}

const record = (name, cls, fields) => {
  cls.fields = fields;
  return named(name, cls);
};

const recipe =
  (checks, called) =>
  (...args) => {
    const checking = ([name, kind], i) =>
      kind && args[i] !== undefined ? checked(`${called.name}: ${name}`, kind, args[i]) : args[i];
    return called(...checks.map(checking));
  };

const math = Object.setPrototypeOf({ pi: Math.PI, inf: Infinity, isfinite: Number.isFinite }, Math);
const re = { sub: (pattern, to, text) => text.replace(new RegExp(pattern, "g"), to) };
const functools = { reduce: (f, items) => [...items].reduce((a, b) => f(a, b)) };
const itertools = {
  pairwise: (items) => items.slice(1).map((item, i) => [items[i], item]),
};

// A type converts, and says what is of it.
const typed = (convert, test) =>
  Object.defineProperty(convert, Symbol.hasInstance, { value: test });
const of = (name) => (value) => typeof value === name;
const text = (value) => (value instanceof Error ? value.message : String(value));
const bool = typed((value) => truth(value), of("boolean"));
const int = typed((value) => Math.trunc(value), Number.isInteger);
const float = typed((value) => Number(value), of("number"));
const str = typed(text, of("string"));
const bytes = typed(
  () => null,
  () => false,
);
const set = bytes;
const frozenset = bytes;
const dict = bytes;
const numbers = { Real: float };
const isinstance = (value, types) => [types].flat().some((type) => value instanceof type);

const callable = (value) => typeof value === "function";
const type = (value) => value.constructor;
const getattr = (object, name) => object[name];
const truth = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const abs = Math.abs;
const len = (items) => items.length;
const list = (items) => [...items];
const sorted = (items) => [...items].sort((a, b) => a - b);
const tuple = list;
const min = (...items) => Math.min(...items.flat());
const max = (...items) => Math.max(...items.flat());
const sum = (items) => items.reduce((a, b) => a + b, 0);
const any = (items) => items.some(truth);
const filter = (test, items) => items.filter(test ?? truth);
const zip = (...lists) => {
  const shortest = Math.min(...lists.map(len));
  return lists[0].slice(0, shortest).map((_, i) => lists.map((items) => items[i]));
};
const map = (f, ...lists) => zip(...lists.map(list)).map((items) => f(...items));
const enumerate = (items) => items.map((item, i) => [i, item]);

const range = function* (start, stop, step = 1) {
  if (stop === undefined) [start, stop] = [0, start];
  for (let i = start; i < stop; i += step) yield i;
};

const slice = (items, start, stop, step) => {
  if ((step ?? 1) > 0) return items.slice(start ?? 0, stop ?? undefined);
  return items.slice(0, start === null ? undefined : start + 1 || undefined).reverse();
};

// In a recipe these may stand between schedules.
const add = (a, b) => (a.__add__ ? a.__add__(b) : b.__radd__ ? b.__radd__(a) : a + b);
const mul = (a, b) => (a.__mul__ ? a.__mul__(b) : b.__rmul__ ? b.__rmul__(a) : a * b);

// The remainder of two numbers is exact, their quotient need not be.
const floordiv = (a, b) => Math.round((a - (((a % b) + b) % b)) / b);

// To the nearest, and where there are two to the even one.
const round = (x, digits = 0) => {
  if (digits) return Number(x.toFixed(digits));
  const below = Math.floor(x);
  const over = x - below;
  return over < 0.5 || (over === 0.5 && below % 2 === 0) ? below : below + 1;
};

const repr = (value) => {
  if (value?.__repr__) return value.__repr__();
  if (typeof value === "function") return value.name;
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (value === null || value === undefined) return "None";
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value).replace("NaN", "nan").replace("Infinity", "inf");
};

const shown = (value) => {
  const text = repr(value);
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
};
