import { assembleModule, type Code, Locals, numbered, op } from '@gantry/core/wasm'
import type { LoopOperator, UpdateLoop } from './update-loop.ts'

/** Bytes of four numbers, which are read, computed and written at a time. */
const VECTOR = 16

const operators: Readonly<Record<LoopOperator, (...operands: [Code, Code]) => Code>> = {
  Add: op.addFour,
  Sub: op.subtractFour,
  Mul: op.multiplyFour,
  Div: op.divideFour,
  Sqrt: op.rootFour,
}

/**
 * A loop as a WebAssembly module.
 *
 * Its function `run(count, ...arrays, ...scalars)` takes the addresses of arrays in shared memory, multiples of 16, and goes through
 * `count` numbers of each, rounded up to vectors of four: float32 operations, each rounded by itself, as those of ONNX Runtime are.
 */
export function loopModule({ arrays, scalars, operations, writes }: UpdateLoop): Uint8Array<ArrayBuffer> {
  const local = new Locals(
    { count: 'i32', ...numbered('array', arrays, 'i32'), ...numbered('scalar', scalars, 'f32') },
    { place: 'i32', end: 'i32', ...numbered('value', arrays + scalars + operations.length, 'v128') },
  )
  const get = (name: string) => local.get(name)
  const value = (index: number) => get(`value${index}`)
  const put = (index: number, code: Code) => local.set(`value${index}`, code)
  const address = (array: number) => op.addInteger(get(`array${array}`), get('place'))
  const each = (count: number, code: (index: number) => Code) =>
    Array.from({ length: count }, (_, index) => code(index)).flat()
  const step = [
    ...each(arrays, (index) => put(index, op.loadPair(address(index)))),
    ...operations.flatMap(({ operator, operands }, index) =>
      put(arrays + scalars + index, operators[operator](...(operands.map(value) as [Code, Code]))),
    ),
    ...writes.flatMap((write) => op.storePair(address(write.array), value(write.value))),
    ...local.set('place', op.addInteger(get('place'), op.i32(VECTOR))),
  ]
  const body = [
    ...each(scalars, (index) => put(arrays + index, op.splatFour(get(`scalar${index}`)))),
    ...local.set('end', op.shiftLeft(get('count'), op.i32(2))),
    ...op.when(get('count'), op.doWhile(step, op.lessThan(get('place'), get('end')))),
  ]
  return assembleModule({ run: local.define(body) }, { shared: true })
}
