import { type Code, Locals, numbered, op, type WasmFunction } from '@gantry/core/wasm'
import type { Kernels } from './kernels.ts'

const PAIR = 16

/** See {@link Kernels.updateAndMultiply}: two rows at a time, every element read and written once. */
export function updateKernel(): WasmFunction {
  const local = new Locals(
    {
      ...{ matrix: 'i32', stride: 'i32', first: 'i32', size: 'i32' },
      ...{ v: 'i32', w: 'i32', x: 'i32', p: 'i32' },
    },
    {
      ...{ i: 'i32', k: 'i32', ...numbered('a', 2, 'i32'), ...numbered('e', 2, 'v128'), ...numbered('s', 2, 'v128') },
      ...{ ...numbered('v', 2, 'v128'), ...numbered('w', 2, 'v128'), ...numbered('x', 2, 'v128') },
      ...{ vk: 'v128', wk: 'v128', xk: 'v128' },
    },
  )
  const get = (name: string) => local.get(name)
  const advance = (name: string, step: Code) => local.set(name, op.addInteger(get(name), step))
  const rows = [0, 1] as const
  const element = (row: number) => op.loadPair(get(`a${row}`))
  /** Two elements of each row: minus v wᵀ and w vᵀ, and their part of the row's product with x. */
  const updateRows = rows.flatMap((row) => [
    ...local.set(
      `e${row}`,
      op.subtract(
        op.subtract(element(row), op.multiply(get(`v${row}`), get('wk'))),
        op.multiply(get(`w${row}`), get('vk')),
      ),
    ),
    ...op.storePair(get(`a${row}`), get(`e${row}`)),
    ...local.set(`s${row}`, op.add(get(`s${row}`), op.multiply(get(`e${row}`), get('xk')))),
  ])
  const loadColumn = ['v', 'w', 'x'].flatMap((name) =>
    local.set(`${name}k`, op.loadPair(op.addInteger(get(name), get('k')))),
  )
  const pk = op.addInteger(get('p'), get('k'))
  const offDiagonal = op.doWhile(
    [
      ...loadColumn,
      ...updateRows,
      ...op.storePair(
        pk,
        op.add(op.loadPair(pk), op.add(op.multiply(get('e0'), get('x0')), op.multiply(get('e1'), get('x1')))),
      ),
      ...rows.flatMap((row) => advance(`a${row}`, op.i32(PAIR))),
      ...advance('k', op.i32(PAIR)),
    ],
    op.lessThan(get('k'), get('i')),
  )
  const body = [
    ...local.set('i', get('first')),
    ...op.doWhile(
      [
        ...['v', 'w', 'x'].flatMap((name) =>
          rows.flatMap((row) => local.set(`${name}${row}`, op.loadSplat(op.addInteger(get(name), get('i')), row * 8))),
        ),
        ...rows.flatMap((row) => local.set(`s${row}`, op.zeroPair)),
        ...local.set('a0', op.addInteger(get('matrix'), get('first'))),
        ...local.set('a1', op.addInteger(get('a0'), get('stride'))),
        ...local.set('k', get('first')),
        ...op.when(op.lessThan(get('first'), get('i')), offDiagonal),
        ...loadColumn,
        ...updateRows,
        ...rows.flatMap((row) => {
          const target = op.addInteger(get('p'), get('i'))
          const sum = op.addScalar(op.lane(get(`s${row}`), 0), op.lane(get(`s${row}`), 1))
          return op.storeScalar(target, op.addScalar(op.loadScalar(target, row * 8), sum), row * 8)
        }),
        ...advance('matrix', op.multiplyInteger(op.i32(2), get('stride'))),
        ...advance('i', op.i32(PAIR)),
      ],
      op.lessThan(get('i'), get('size')),
    ),
  ]
  return local.define(body)
}
