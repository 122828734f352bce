import { type Code, Locals, numbered, op, type WasmFunction } from '@gantry/core/wasm'

const PAIR = 16
const ROWS = 4
const COLUMNS = 2

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** `C += sign · A · Bᵀ`: tiles of 4 × 2 results, whose sums stay in registers. All lengths and strides are in bytes. */
export function productKernel(): WasmFunction {
  const local = new Locals(
    {
      ...{ a: 'i32', aStride: 'i32', b: 'i32', bStride: 'i32', c: 'i32', cStride: 'i32' },
      ...{ rows: 'i32', columns: 'i32', inner: 'i32', sign: 'f64' },
    },
    {
      ...{ bFirst: 'i32', cRow: 'i32', rowsEnd: 'i32', columnsEnd: 'i32', t: 'i32', end: 'i32', x: 'v128' },
      ...{ ...numbered('a', ROWS, 'i32'), ...numbered('b', COLUMNS, 'i32'), ...numbered('t', ROWS, 'i32') },
      ...numbered('y', COLUMNS, 'v128'),
      ...Object.fromEntries(range(ROWS).flatMap((row) => Object.entries(numbered(`s${row}`, COLUMNS, 'v128')))),
    },
  )
  const get = (name: string) => local.get(name)
  const advance = (name: string, step: Code) => local.set(name, op.addInteger(get(name), step))
  const sums = range(ROWS).flatMap((row) => range(COLUMNS).map((column) => ({ row, column, name: `s${row}${column}` })))
  const pointers = (name: string, count: number, stride: Code) =>
    range(count).flatMap((index) =>
      local.set(`${name}${index}`, index === 0 ? get(name) : op.addInteger(get(`${name}${index - 1}`), stride)),
    )
  const innerLoop = op.doWhile(
    [
      ...range(COLUMNS).flatMap((column) => local.set(`y${column}`, op.loadPair(get(`b${column}`)))),
      ...range(ROWS).flatMap((row) => [
        ...local.set('x', op.loadPair(get(`a${row}`))),
        ...range(COLUMNS).flatMap((column) =>
          local.set(`s${row}${column}`, op.add(get(`s${row}${column}`), op.multiply(get('x'), get(`y${column}`)))),
        ),
        ...advance(`a${row}`, op.i32(PAIR)),
      ]),
      ...range(COLUMNS).flatMap((column) => advance(`b${column}`, op.i32(PAIR))),
    ],
    op.lessThan(get('a0'), get('end')),
  )
  const tile = [
    ...pointers('a', ROWS, get('aStride')),
    ...pointers('b', COLUMNS, get('bStride')),
    ...sums.flatMap(({ name }) => local.set(name, op.zeroPair)),
    ...local.set('end', op.addInteger(get('a'), get('inner'))),
    // `a0` is the loop's counter, so it is read before it moves.
    ...innerLoop,
    ...pointers('t', ROWS, get('cStride')),
    ...sums.flatMap(({ row, column, name }) => {
      const sum = op.addScalar(op.lane(get(name), 0), op.lane(get(name), 1))
      const old = op.loadScalar(get(`t${row}`), column * 8)
      return op.storeScalar(get(`t${row}`), op.addScalar(old, op.multiplyScalar(get('sign'), sum)), column * 8)
    }),
  ]
  const times = (count: number, stride: Code) => op.multiplyInteger(op.i32(count), stride)
  const body = [
    ...local.set('bFirst', get('b')),
    ...local.set('cRow', get('c')),
    ...local.set('rowsEnd', op.addInteger(get('c'), op.multiplyInteger(get('rows'), get('cStride')))),
    ...local.set('t', get('c')),
    ...op.doWhile(
      [
        ...local.set('b', get('bFirst')),
        ...local.set('t', get('cRow')),
        ...local.set('columnsEnd', op.addInteger(get('cRow'), times(8, get('columns')))),
        ...op.doWhile(
          [...tile, ...advance('b', times(COLUMNS, get('bStride'))), ...advance('t', op.i32(COLUMNS * 8))],
          op.lessThan(get('t'), get('columnsEnd')),
        ),
        ...advance('a', times(ROWS, get('aStride'))),
        ...advance('cRow', times(ROWS, get('cStride'))),
      ],
      op.lessThan(get('cRow'), get('rowsEnd')),
    ),
  ]
  return local.define(body)
}
