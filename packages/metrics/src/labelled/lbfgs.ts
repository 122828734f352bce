/** A function to be made small: returns its value and writes its gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

export interface Minimum {
  readonly x: Float64Array
  readonly value: number
  readonly iterations: number
  /** The largest partial derivative came below the tolerance. */
  readonly converged: boolean
}

export interface MinimizeOptions {
  readonly maxIterations: number
  /** Largest partial derivative at the end. */
  readonly tolerance: number
  readonly afterIteration: (iteration: number) => Promise<void>
}

/** Pairs of steps and gradient changes that stand in for the Hessian. */
const MEMORY = 10

/** Constants of the weak Wolfe conditions. */
const DECREASE = 1e-4
const CURVATURE = 0.9

/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5) with a bisecting line search for the weak Wolfe
 * conditions. Nothing in it is random.
 */
export async function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Promise<Minimum> {
  let x = start
  let gradient = new Float64Array(x.length)
  let value = objective(x, gradient)
  const pairs: Pair[] = []
  let iterations = 0
  while (iterations < options.maxIterations && largest(gradient) > options.tolerance) {
    const direction = descentDirection(gradient, pairs)
    const next = searchLine(objective, x, value, gradient, direction, pairs.length === 0)
    // No step makes it smaller: the minimum, as far as float64 can tell.
    if (next === undefined) break
    const step = combine(next.x, -1, x)
    const change = combine(next.gradient, -1, gradient)
    const curvature = dot(step, change)
    if (curvature > 0) pairs.push({ step, change, curvature })
    if (pairs.length > MEMORY) pairs.shift()
    ;({ x, value, gradient } = next)
    await options.afterIteration(++iterations)
  }
  return { x, value, iterations, converged: largest(gradient) <= options.tolerance }
}

interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly curvature: number
}

/** The two-loop recursion. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  let direction = gradient.map((each) => -each)
  const shares: number[] = []
  for (const { step, change, curvature } of pairs.toReversed()) {
    const share = dot(step, direction) / curvature
    shares.unshift(share)
    direction = combine(direction, -share, change)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change)
    direction = direction.map((each) => each * scale)
  }
  for (const [index, { step, change, curvature }] of pairs.entries()) {
    direction = combine(direction, shares[index]! - dot(change, direction) / curvature, step)
  }
  return direction
}

interface Point {
  readonly x: Float64Array<ArrayBuffer>
  readonly value: number
  readonly gradient: Float64Array<ArrayBuffer>
}

function searchLine(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: boolean,
): Point | undefined {
  const slope = dot(gradient, direction)
  let [low, high] = [0, Number.POSITIVE_INFINITY]
  let length = first ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
  for (let trial = 0; trial < 40; trial++) {
    const at = combine(x, length, direction)
    const ownGradient = new Float64Array(x.length)
    const own = objective(at, ownGradient)
    if (!(own <= value + DECREASE * length * slope)) high = length
    else if (dot(ownGradient, direction) < CURVATURE * slope) low = length
    else return { x: at, value: own, gradient: ownGradient }
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2
  }
  return undefined
}

/** a + factor·b. */
function combine(a: Float64Array, factor: number, b: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(a, (value, index) => value + factor * b[index]!)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

function largest(values: Float64Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
}
