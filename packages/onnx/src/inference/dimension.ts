/**
 * Arithmetic on dimensions. A symbolic result is an expression in canonical text (`2*batch+1`), so that lengths which
 * are computed alike are recognised as equal.
 *
 * Inside, a dimension is a polynomial: a coefficient for every product of symbols, `''` being the constant. What is no
 * polynomial (`floor((h-1)/2)`, `max(a,b)`) is a symbol of its own.
 */
import type { Dimension } from '@gantry/core'

/** Above this many terms a product is a symbol: multiplied out, a few sums would fill the memory. */
const MAXIMUM_TERMS = 256

type Polynomial = ReadonlyMap<string, number>

export function addDimensions(...dimensions: readonly Dimension[]): Dimension {
  return format(sum(dimensions.map(parse)))
}

export function subtractDimensions(left: Dimension, right: Dimension): Dimension {
  return addDimensions(left, multiplyDimensions(-1, right))
}

export function multiplyDimensions(...dimensions: readonly Dimension[]): Dimension {
  return format(dimensions.map(parse).reduce(product, new Map([['', 1]])))
}

/** Rounded down. */
export function divideDimension(numerator: Dimension, divisor: Dimension): Dimension {
  if (typeof numerator === 'number' && typeof divisor === 'number') return Math.floor(numerator / divisor)
  const [term, ...others] = parse(divisor)
  if (term === undefined || others.length > 0) {
    return numerator === divisor ? 1 : `floor((${numerator})/(${divisor}))`
  }
  // floor((2*h-1)/2) is h + floor(-1/2): what divides comes out, the rest stays inside.
  const quotients: Polynomial[] = []
  const rest: Polynomial[] = []
  for (const entry of parse(numerator)) {
    const quotient = divideTerm(entry, term)
    if (quotient === undefined) rest.push(new Map([entry]))
    else quotients.push(quotient)
  }
  const remainder = format(sum(rest))
  if (remainder === 0) return format(sum(quotients))
  if (typeof remainder === 'number' && typeof divisor === 'number') {
    return format(sum([...quotients, parse(Math.floor(remainder / divisor))]))
  }
  return format(sum([...quotients, new Map([[`floor((${remainder})/(${divisor}))`, 1]])]))
}

export function ceilDivideDimension(numerator: Dimension, divisor: number): Dimension {
  return divideDimension(addDimensions(numerator, divisor - 1), divisor)
}

/** The greater of two lengths, which is what broadcasting makes of two symbols: they are equal, or one of them is 1. */
export function maximumDimension(left: Dimension, right: Dimension): Dimension {
  const difference = subtractDimensions(left, right)
  if (typeof difference === 'number') return difference >= 0 ? left : right
  return `max(${[String(left), String(right)].sort().join(',')})`
}

export function minimumDimension(left: Dimension, right: Dimension): Dimension {
  const difference = subtractDimensions(left, right)
  if (typeof difference === 'number') return difference <= 0 ? left : right
  return `min(${[String(left), String(right)].sort().join(',')})`
}

/** Splits at separators that no bracket encloses; the separator stays at the start of its part. */
function splitOutsideBrackets(text: string, separators: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth === 0 && separators.includes(character)) parts.push('')
    parts.push(parts.pop() + character)
  }
  return parts
}

function parse(dimension: Dimension): Polynomial {
  if (typeof dimension === 'number') return new Map(dimension === 0 ? [] : [['', dimension]])
  const terms = splitOutsideBrackets(dimension, '+-').filter((part) => part !== '')
  const polynomial = terms.map((term): Polynomial => {
    let coefficient = term.startsWith('-') ? -1 : 1
    const symbols: string[] = []
    for (const factor of splitOutsideBrackets(term.replace(/^[+-]/, ''), '*')) {
      const symbol = factor.replace(/^\*/, '')
      if (/^\d+$/.test(symbol)) coefficient *= Number(symbol)
      else symbols.push(symbol)
    }
    return new Map([[symbols.sort().join('*'), coefficient]])
  })
  return sum(polynomial)
}

function format(polynomial: Polynomial): Dimension {
  const constant = polynomial.get('') ?? 0
  const terms = [...polynomial].filter(([symbols]) => symbols !== '').sort(([left], [right]) => (left < right ? -1 : 1))
  if (terms.length === 0) return constant
  const text = terms.map(([symbols, coefficient]) => {
    const size = Math.abs(coefficient)
    return `${coefficient < 0 ? '-' : '+'}${size === 1 ? '' : `${size}*`}${symbols}`
  })
  if (constant !== 0) text.push(constant < 0 ? `${constant}` : `+${constant}`)
  return text.join('').replace(/^\+/, '')
}

function sum(polynomials: readonly Polynomial[]): Polynomial {
  const total = new Map<string, number>()
  for (const polynomial of polynomials) {
    for (const [symbols, coefficient] of polynomial) total.set(symbols, (total.get(symbols) ?? 0) + coefficient)
  }
  for (const [symbols, coefficient] of total) if (coefficient === 0) total.delete(symbols)
  return total
}

/** Symbols of a product as a sorted list. */
function symbolsOf(product: string): string[] {
  return product === '' ? [] : splitOutsideBrackets(product, '*').map((symbol) => symbol.replace(/^\*/, ''))
}

function product(left: Polynomial, right: Polynomial): Polynomial {
  if (left.size * right.size > MAXIMUM_TERMS) return new Map([[`product(${format(left)},${format(right)})`, 1]])
  const terms: Polynomial[] = []
  for (const [leftSymbols, leftCoefficient] of left) {
    for (const [rightSymbols, rightCoefficient] of right) {
      const symbols = [...symbolsOf(leftSymbols), ...symbolsOf(rightSymbols)].sort().join('*')
      terms.push(new Map([[symbols, leftCoefficient * rightCoefficient]]))
    }
  }
  return sum(terms)
}

/** Undefined when the term does not divide without a rest. */
function divideTerm(
  [symbols, coefficient]: readonly [string, number],
  [divisorSymbols, divisorCoefficient]: readonly [string, number],
): Polynomial | undefined {
  if (coefficient % divisorCoefficient !== 0) return undefined
  const remaining = symbolsOf(symbols)
  for (const symbol of symbolsOf(divisorSymbols)) {
    const index = remaining.indexOf(symbol)
    if (index < 0) return undefined
    remaining.splice(index, 1)
  }
  return new Map([[remaining.join('*'), coefficient / divisorCoefficient]])
}

/** Whether two shapes are known to be the same. */
export function sameShape(left: readonly Dimension[] | undefined, right: readonly Dimension[] | undefined): boolean {
  return left !== undefined && left.length === right?.length && left.every((length, axis) => length === right[axis])
}
