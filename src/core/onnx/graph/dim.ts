// Sizes of axes as exact algebra: a number, or a polynomial in named sizes such as "2*batch*frames + 1".

/**
 * The size of an axis. A string is a polynomial with integer coefficients over symbols and floors, in canonical form:
 * two dims are equal exactly when they are `===`. Symbols are positive integers.
 */
export type Dim = number | string;

/** Monomial ("" for the constant, "batch*frames" otherwise) -> integer coefficient, never 0. */
type Polynomial = ReadonlyMap<string, number>;

/** What `dim` throws on text that is no size: a bug in a definition, an expected case in a file. */
class SizeSyntaxError extends Error {}

function expectSize(condition: unknown, message: string): asserts condition {
  if (!condition) throw new SizeSyntaxError(message);
}

const token = /\s*([A-Za-z_][\w.]*|\d+|[-+*/()])/y;

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text)?.[1];
    expectSize(found !== undefined, `"${text}" is no size: write a sum of products of names and whole numbers`);
    tokens.push(found);
  }
  return tokens;
}

const constant = (value: number): Polynomial => new Map(value === 0 ? [] : [["", value]]);

function sum(a: Polynomial, b: Polynomial, factor: number): Polynomial {
  const terms = new Map(a);
  for (const [monomial, coefficient] of b) {
    const total = (terms.get(monomial) ?? 0) + factor * coefficient;
    if (total === 0) terms.delete(monomial);
    else terms.set(monomial, total);
  }
  return terms;
}

/** Atoms hold no "*" of their own outside parentheses, so that splitting at depth 0 is enough. */
function atomsOf(monomial: string): readonly string[] {
  const atoms: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= monomial.length; at += 1) {
    const sign = monomial[at];
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if ((sign === "*" && depth === 0) || at === monomial.length) {
      if (at > from) atoms.push(monomial.slice(from, at));
      from = at + 1;
    }
  }
  return atoms;
}

function product(a: Polynomial, b: Polynomial): Polynomial {
  let total: Polynomial = new Map();
  for (const [left, p] of a)
    for (const [right, q] of b) {
      const monomial = [...atomsOf(left), ...atomsOf(right)].toSorted().join("*");
      total = sum(total, new Map([[monomial, p * q]]), 1);
    }
  return total;
}

/** floor(a / n): whole multiples of n come out of the floor, what remains becomes one atom. */
function floorQuotient(a: Polynomial, divisor: number): Polynomial {
  const outside = new Map<string, number>();
  const inside = new Map<string, number>();
  for (const [monomial, coefficient] of a) {
    const whole = Math.floor(coefficient / divisor);
    if (whole !== 0) outside.set(monomial, whole);
    const rest = coefficient - whole * divisor;
    if (rest !== 0) inside.set(monomial, rest);
  }
  const constantOnly = [...inside.keys()].every((monomial) => monomial === "");
  if (constantOnly) return outside;
  return sum(outside, new Map([[`floor((${printed(inside)})/${divisor})`, 1]]), 1);
}

function printed(a: Polynomial): string {
  const terms = [...a].toSorted(([p], [q]) => (p === "" ? 1 : q === "" ? -1 : p < q ? -1 : 1));
  if (terms.length === 0) return "0";
  return terms
    .map(([monomial, coefficient], index) => {
      const size = Math.abs(coefficient);
      const body = monomial === "" ? String(size) : size === 1 ? monomial : `${size}*${monomial}`;
      if (index === 0) return coefficient < 0 ? `-${body}` : body;
      return coefficient < 0 ? ` - ${body}` : ` + ${body}`;
    })
    .join("");
}

/** sum := term (("+"|"-") term)*; term := atom ("*" atom)*; atom := number | name | "floor((" sum ")/" number ")" | "(" sum ")". */
function parse(text: string): Polynomial {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (expected: string) => {
    expectSize(tokens[at] === expected, `"${text}" is no size: expected "${expected}" at word ${at}`);
    at += 1;
  };
  const atom = (): Polynomial => {
    const word = tokens[at];
    expectSize(word !== undefined, `"${text}" is no size: it ends too early`);
    at += 1;
    if (word === "(") {
      const inner = total();
      take(")");
      return inner;
    }
    if (word === "floor" && tokens[at] === "(") {
      take("(");
      const inner = atom();
      take("/");
      const divisor = Number(tokens[at]);
      at += 1;
      take(")");
      return floorQuotient(inner, divisor);
    }
    if (/^\d/.test(word)) return constant(Number(word));
    expectSize(/^[A-Za-z_]/.test(word), `"${text}" is no size: unexpected "${word}"`);
    return new Map([[word, 1]]);
  };
  const term = (): Polynomial => {
    let result = atom();
    while (tokens[at] === "*") {
      at += 1;
      result = product(result, atom());
    }
    return result;
  };
  const total = (): Polynomial => {
    const negative = tokens[at] === "-";
    if (negative) at += 1;
    let result = negative ? sum(constant(0), term(), -1) : term();
    while (tokens[at] === "+" || tokens[at] === "-") {
      const factor = tokens[at] === "+" ? 1 : -1;
      at += 1;
      result = sum(result, term(), factor);
    }
    return result;
  };
  const result = total();
  expectSize(at === tokens.length, `"${text}" is no size: nothing may follow word ${at}`);
  return result;
}

const polynomial = (dim: Dim): Polynomial => (typeof dim === "number" ? constant(dim) : parse(dim));

function simplest(a: Polynomial): Dim {
  if (a.size === 0) return 0;
  if (a.size === 1 && a.has("")) return a.get("") ?? 0;
  return printed(a);
}

/** A size as written by a person, in canonical form: `dim("height * 8")` is "8*height". */
export const dim = (written: Dim): Dim => (typeof written === "number" ? written : simplest(parse(written)));

/** The size that a file's text stands for, or undefined when it is only a name of someone's. */
export function tryDim(written: string): Dim | undefined {
  try {
    return dim(written);
  } catch (error) {
    if (error instanceof SizeSyntaxError) return undefined;
    throw error;
  }
}

const bothNumbers = (a: Dim, b: Dim): boolean => typeof a === "number" && typeof b === "number";

export const addDims = (a: Dim, b: Dim): Dim =>
  bothNumbers(a, b) ? Number(a) + Number(b) : simplest(sum(polynomial(a), polynomial(b), 1));

export const subtractDims = (a: Dim, b: Dim): Dim =>
  bothNumbers(a, b) ? Number(a) - Number(b) : simplest(sum(polynomial(a), polynomial(b), -1));

/** The `+ 0` keeps -0 out. */
export const multiplyDims = (a: Dim, b: Dim): Dim =>
  bothNumbers(a, b) ? Number(a) * Number(b) + 0 : simplest(product(polynomial(a), polynomial(b)));

export const floorDivideDim = (a: Dim, divisor: number): Dim =>
  typeof a === "number" ? Math.floor(a / divisor) : simplest(floorQuotient(parse(a), divisor));

export const ceilDivideDim = (a: Dim, divisor: number): Dim => floorDivideDim(addDims(a, divisor - 1), divisor);

export const productOfDims = (dims: readonly Dim[]): Dim => dims.reduce(multiplyDims, 1);

/** a / b where b is one product and divides a without remainder; undefined where that cannot be shown. */
export function divideDims(a: Dim, b: Dim): Dim | undefined {
  const divisor = [...polynomial(b)];
  const [only] = divisor;
  if (divisor.length !== 1 || only === undefined) return a === b ? 1 : undefined;
  const quotient = new Map<string, number>();
  for (const [monomial, coefficient] of polynomial(a)) {
    const atoms = [...atomsOf(monomial)];
    for (const atom of atomsOf(only[0])) {
      const at = atoms.indexOf(atom);
      if (at < 0) return undefined;
      atoms.splice(at, 1);
    }
    if (coefficient % only[1] !== 0) return undefined;
    quotient.set(atoms.join("*"), coefficient / only[1]);
  }
  return simplest(quotient);
}

/** The factors of a product of dims that do not cancel against another product, from both sides. */
export function divideProducts(over: readonly Dim[], under: readonly Dim[]): Dim | undefined {
  const left = [...over];
  const right = under.filter((factor) => {
    const at = left.indexOf(factor);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return divideDims(productOfDims(left), productOfDims(right));
}

/** Provably different: their difference is a number other than 0. */
export function differ(a: Dim, b: Dim): boolean {
  if (a === b) return false;
  const difference = subtractDims(a, b);
  return typeof difference === "number" && difference !== 0;
}

/** Sizes for symbols. */
export type Sizes = Readonly<Record<string, number>>;

/** The dim with known symbols replaced by their sizes. */
export function bindDim(written: Dim, sizes: Sizes): Dim {
  if (typeof written === "number") return written;
  let total: Dim = 0;
  for (const [monomial, coefficient] of parse(written)) {
    const factors = atomsOf(monomial).map((atom) => bindAtom(atom, sizes));
    total = addDims(total, multiplyDims(coefficient, productOfDims(factors)));
  }
  return total;
}

function bindAtom(atom: string, sizes: Sizes): Dim {
  const floor = /^floor\((\(.*\))\/(\d+)\)$/.exec(atom);
  if (floor === null) return sizes[atom] ?? atom;
  return floorDivideDim(bindDim(floor[1] ?? "", sizes), Number(floor[2]));
}

/** How to compute a dim from its symbols; `walkDim` folds a polynomial with it. */
export type DimAlgebra<T> = {
  readonly number: (value: number) => T;
  readonly symbol: (name: string) => T;
  readonly add: (a: T, b: T) => T;
  readonly multiply: (a: T, b: T) => T;
  readonly floorDivide: (a: T, divisor: number) => T;
};

/** Evaluates a dim in any algebra: over numbers it gives a size, over graph values the nodes that compute it. */
export function walkDim<T>(written: Dim, algebra: DimAlgebra<T>): T {
  if (typeof written === "number") return algebra.number(written);
  const terms = [...parse(written)].map(([monomial, coefficient]) => {
    const factors = atomsOf(monomial).map((atom) => walkAtom(atom, algebra));
    if (coefficient !== 1 || factors.length === 0) factors.unshift(algebra.number(coefficient));
    return factors.reduce(algebra.multiply);
  });
  return terms.length === 0 ? algebra.number(0) : terms.reduce(algebra.add);
}

function walkAtom<T>(atom: string, algebra: DimAlgebra<T>): T {
  const floor = /^floor\((\(.*\))\/(\d+)\)$/.exec(atom);
  if (floor === null) return algebra.symbol(atom);
  return algebra.floorDivide(walkDim(floor[1] ?? "", algebra), Number(floor[2]));
}

/** If a dim is `factor * symbol`: that pair; the simplest place to read a symbol's size from a shape. */
export function multipleOfSymbol(written: Dim): { readonly symbol: string; readonly factor: number } | undefined {
  if (typeof written === "number") return undefined;
  const terms = [...parse(written)];
  const [only] = terms;
  if (terms.length !== 1 || only === undefined || !/^[A-Za-z_][\w.]*$/.test(only[0])) return undefined;
  return { symbol: only[0], factor: only[1] };
}

export const printDims = (dims: readonly Dim[]): string => `[${dims.join(", ")}]`;
