import { PickleCursor } from './pickle-cursor.ts'
import { PickleMachine, type PickleWorld } from './pickle-machine.ts'
import { invalid, unsafe } from './weights-errors.ts'

type Instruction = (machine: PickleMachine) => void

const constant =
  (make: () => unknown): Instruction =>
  (machine) =>
    machine.push(make())

/** The instructions of protocols 0 to 5 that data need, by their byte. INST is here to be refused by name. */
const instructions: Readonly<Record<string, Instruction>> = {
  // PROTO and FRAME say nothing that matters here; BUILD sets attributes, which no tensor depends on.
  '\x80': ({ cursor }) => void cursor.uint8(),
  '\x95': ({ cursor }) => void cursor.uint64(),
  b: (machine) => void machine.pop(),

  '(': (machine) => machine.mark(),
  '0': (machine) => void machine.pop(),
  '1': (machine) => void machine.popToMark(),
  '2': (machine) => machine.push(machine.top()),

  N: constant(() => null),
  '\x88': constant(() => true),
  '\x89': constant(() => false),
  K: (machine) => machine.push(machine.cursor.uint8()),
  M: (machine) => machine.push(machine.cursor.uint16()),
  J: (machine) => machine.push(machine.cursor.int32()),
  '\x8a': (machine) => machine.push(machine.cursor.integer(machine.cursor.uint8())),
  '\x8b': (machine) => machine.push(machine.cursor.integer(machine.cursor.uint32())),
  I: (machine) => machine.push(machine.cursor.plainInteger()),
  L: (machine) => machine.push(machine.cursor.plainInteger()),
  F: (machine) => machine.push(Number(machine.cursor.line())),
  G: (machine) => machine.push(machine.cursor.float64()),

  X: (machine) => machine.push(machine.cursor.text(machine.cursor.uint32())),
  T: (machine) => machine.push(machine.cursor.text(machine.cursor.uint32())),
  U: (machine) => machine.push(machine.cursor.text(machine.cursor.uint8())),
  '\x8c': (machine) => machine.push(machine.cursor.text(machine.cursor.uint8())),
  '\x8d': (machine) => machine.push(machine.cursor.text(machine.cursor.uint64())),
  V: (machine) => machine.push(machine.cursor.line()),
  S: (machine) => machine.push(machine.cursor.line().slice(1, -1)),
  B: (machine) => machine.push(machine.cursor.bytes(machine.cursor.uint32())),
  C: (machine) => machine.push(machine.cursor.bytes(machine.cursor.uint8())),
  '\x8e': (machine) => machine.push(machine.cursor.bytes(machine.cursor.uint64())),

  ')': constant(() => []),
  ']': constant(() => []),
  '}': constant(() => new Map()),
  '\x8f': constant(() => new Set()),
  '\x85': (machine) => machine.pushTuple(1),
  '\x86': (machine) => machine.pushTuple(2),
  '\x87': (machine) => machine.pushTuple(3),
  t: (machine) => machine.push(machine.popToMark()),
  l: (machine) => machine.push(machine.popToMark()),
  '\x91': (machine) => machine.push(new Set(machine.popToMark())),
  d: (machine) => {
    const items = machine.popToMark()
    machine.push(new Map())
    machine.setItems(items)
  },
  a: (machine) => machine.append([machine.pop()]),
  e: (machine) => machine.append(machine.popToMark()),
  '\x90': (machine) => machine.append(machine.popToMark()),
  s: (machine) => {
    const value = machine.pop()
    machine.setItems([machine.pop(), value])
  },
  u: (machine) => machine.setItems(machine.popToMark()),

  p: (machine) => machine.memoize(Number(machine.cursor.line())),
  q: (machine) => machine.memoize(machine.cursor.uint8()),
  r: (machine) => machine.memoize(machine.cursor.uint32()),
  '\x94': (machine) => machine.memoize(machine.memo.size),
  g: (machine) => machine.push(machine.memo.get(Number(machine.cursor.line()))),
  h: (machine) => machine.push(machine.memo.get(machine.cursor.uint8())),
  j: (machine) => machine.push(machine.memo.get(machine.cursor.uint32())),

  c: (machine) => machine.pushGlobal(globalName(machine)),
  '\x93': (machine) => {
    const name = machine.pop()
    machine.pushGlobal(`${machine.pop()}.${name}`)
  },
  i: (machine) => {
    throw unsafe(globalName(machine))
  },
  R: (machine) => machine.call(),
  '\x81': (machine) => machine.call(),
  P: (machine) => machine.push(machine.world.persistent(machine.cursor.line())),
  Q: (machine) => machine.push(machine.world.persistent(machine.pop())),
}

/** A module and a name in it, on two lines. */
function globalName({ cursor }: PickleMachine): string {
  const module = cursor.line()
  return `${module}.${cursor.line()}`
}

/**
 * Reads one pickle and never executes anything: a call is made only of functions that `world` has.
 *
 * @returns the value, and where the pickle ends
 * @throws ModelFormatError `PICKLE_UNSAFE` naming the first thing that it wants to call, `WEIGHTS_TRUNCATED`, `WEIGHTS_INVALID`
 */
export function unpickle(bytes: Uint8Array, start: number, world: PickleWorld): { value: unknown; end: number } {
  const cursor = new PickleCursor(bytes, start)
  const machine = new PickleMachine(cursor, world)
  for (;;) {
    const code = cursor.uint8()
    const name = String.fromCharCode(code)
    if (name === '.') return { value: machine.pop(), end: cursor.position }
    const instruction = Object.hasOwn(instructions, name) ? instructions[name] : undefined
    if (instruction === undefined) {
      throw invalid(`The pickle in the weights file has the instruction 0x${code.toString(16)}, which no tensor needs.`)
    }
    instruction(machine)
  }
}
