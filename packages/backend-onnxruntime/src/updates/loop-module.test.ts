import { webAssembly } from '@gantry/core/wasm'
import { expect, test } from 'vitest'
import { loopModule } from './loop-module.ts'
import { LOOP_OPERATORS, type LoopOperator, type UpdateLoop } from './update-loop.ts'

/** Runs a loop on arrays, which it writes, that lie behind each other in a memory of its own. */
function run(loop: UpdateLoop, arrays: readonly Float32Array[], scalars: readonly number[], count: number): void {
  const memory = new webAssembly.Memory({ initial: 4, maximum: 4, shared: true })
  const module = new webAssembly.Module(loopModule(loop))
  const instance = new webAssembly.Instance(module, { environment: { memory } })
  const places = arrays.map((_, index) => 1024 * (index + 1))
  const views = arrays.map(({ length }, index) => new Float32Array(memory.buffer, places[index]!, length))
  for (const [index, view] of views.entries()) view.set(arrays[index]!)
  ;((instance.exports as { run: unknown }).run as (...parameters: number[]) => void)(count, ...places, ...scalars)
  for (const [index, view] of views.entries()) arrays[index]!.set(view)
}

/** The same, number by number, in float32: what IEEE 754 says of each operation. */
function expected(
  { arrays, operations, writes }: UpdateLoop,
  rows: readonly Float32Array[],
  scalars: readonly number[],
) {
  const results = rows.map((row) => row.slice())
  const compute: Readonly<Record<LoopOperator, (a: number, b: number) => number>> = {
    Add: (a, b) => a + b,
    Sub: (a, b) => a - b,
    Mul: (a, b) => a * b,
    Div: (a, b) => a / b,
    Sqrt: (a) => Math.sqrt(a),
  }
  for (const place of rows[0]!.keys()) {
    const values = [...rows.map((row) => row[place]!), ...scalars.map(Math.fround)]
    for (const { operator, operands } of operations) {
      const [a, b] = operands.map((operand) => values[operand]!)
      values.push(Math.fround(compute[operator](a!, b!)))
    }
    for (const { array, value } of writes) results[array]![place] = values[value]!
  }
  expect(arrays).toBe(rows.length)
  return results
}

const SPECIAL = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 1e-45, 1e-38, 3.4e38, 1 / 3]
const numbers = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, index) =>
    index % 3 === 0
      ? SPECIAL[(index * seed) % SPECIAL.length]!
      : Math.sin(seed * (index + 1)) * 10 ** ((index % 9) - 4),
  )

test.each(Object.keys(LOOP_OPERATORS) as LoopOperator[])('%s is that of float32, to the bit', (operator) => {
  const operands = [0, 1].slice(0, LOOP_OPERATORS[operator])
  const loop = { arrays: 2, scalars: 0, operations: [{ operator, operands }], writes: [{ array: 1, value: 2 }] }
  const rows = [numbers(200, 7), numbers(200, 3)]
  const results = expected(loop, rows, [])
  run(loop, rows, [], 200)
  expect(rows[1]).toEqual(results[1])
  expect(rows[0]).toEqual(results[0])
})

/** Adam: m, v and w of g, the shares that both averages move by, the least divisor and the rate. */
const adam: UpdateLoop = {
  arrays: 4,
  scalars: 4,
  operations: [
    { operator: 'Sub', operands: [3, 0] },
    { operator: 'Mul', operands: [8, 4] },
    { operator: 'Add', operands: [0, 9] },
    { operator: 'Mul', operands: [3, 3] },
    { operator: 'Sub', operands: [11, 1] },
    { operator: 'Mul', operands: [12, 5] },
    { operator: 'Add', operands: [1, 13] },
    { operator: 'Sqrt', operands: [14] },
    { operator: 'Add', operands: [15, 6] },
    { operator: 'Div', operands: [10, 16] },
    { operator: 'Mul', operands: [17, 7] },
    { operator: 'Sub', operands: [2, 18] },
  ],
  writes: [
    { array: 0, value: 10 },
    { array: 1, value: 14 },
    { array: 2, value: 19 },
  ],
}

test('a loop of many operations writes what all of them make of what was there', () => {
  const rows = [1, 2, 3, 4].map((seed) => Float32Array.from({ length: 128 }, (_, at) => Math.sin(seed * (at + 1)) ** 2))
  const scalars = [0.5, 0.001, 1e-7, 2e-4]
  const results = expected(adam, rows, scalars)
  run(adam, rows, scalars, 128)
  expect(rows).toEqual(results)
})

test('a loop ends with the vector that holds its last number', () => {
  const loop: UpdateLoop = {
    ...{ arrays: 1, scalars: 1, operations: [{ operator: 'Add', operands: [0, 1] }] },
    writes: [{ array: 0, value: 2 }],
  }
  const row = new Float32Array(12)
  run(loop, [row], [1], 5)
  expect([...row]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
  run(loop, [row], [1], 0)
  expect(row[0]).toBe(1)
})

test('more values than a byte counts are fine', () => {
  const operations = Array.from({ length: 300 }, (_, index) => ({
    operator: 'Add' as const,
    operands: [index === 0 ? 0 : 1 + index, 1],
  }))
  const loop = { arrays: 1, scalars: 1, operations, writes: [{ array: 0, value: 301 }] }
  const row = new Float32Array(4)
  run(loop, [row], [2], 4)
  expect([...row]).toEqual([600, 600, 600, 600])
})
