import { type TensorSpec, UnsupportedError } from '@gantry/core'
import type { Graph } from '@gantry/onnx'
import { Generalization, type LengthSource, type Lengths, type Probe } from './generalization.ts'
import { withLengthsNamed } from './name-lengths.ts'
import type { ProgramSignature, RecordedProgram } from './record-program.ts'

/**
 * Lengths that no real axis is likely to have. Recording computes nothing, so long axes cost nothing; products of all of them, with
 * as many channels as networks have, still fit TF.js's int32. The recordings that check have lengths of other remainders: strided
 * windows treat odd and even lengths differently.
 */
const PROBE_LENGTHS = [
  [1009, 131, 137, 149, 157, 163],
  [1032, 156, 166, 170, 178, 182],
  [1019, 179, 183, 191, 195, 199],
] as const
const MOST_NAMES = PROBE_LENGTHS[0].length

/**
 * Records a program whose feeds have named lengths (`'batch'`) as one graph for all lengths.
 *
 * TF.js knows only numbers, so the program is recorded for several lengths and the recordings are compared: integers that
 * grow with a length are computed from the feed's shape when the graph runs. Where the signature promises multiples of a
 * number, the recordings are made for such lengths only.
 *
 * @param inspect sees the first recording, made at the lengths of {@link recordAtSomeLength}, before any comparison
 * @throws UnsupportedError `DIMENSION_BAKED_IN` where anything else depends on a length.
 */
export function recordForAnyLength(
  record: (signature: ProgramSignature) => RecordedProgram,
  signature: ProgramSignature,
  inspect: (recorded: RecordedProgram) => void,
): { readonly recorded: RecordedProgram; readonly graph: Graph } {
  const symbols = symbolsOf(signature.feeds)
  const names = [...symbols.keys()]
  if (names.length > MOST_NAMES) {
    throw new UnsupportedError({
      code: 'DIMENSIONS_TOO_MANY',
      message: `${signature.name} has ${names.length} named lengths (${names.join(', ')}); up to ${MOST_NAMES} can be recorded.`,
    })
  }
  const probe = (lengths: Lengths): Probe => ({ lengths, recorded: recordAt(record, signature, lengths) })
  const { multiples = {} } = signature
  const base = probe(probeLengths(names, multiples, 0))
  inspect(base.recorded)
  if (names.length === 0) return { recorded: base.recorded, graph: base.recorded.graph }
  const single = names.map((name) =>
    probe({ ...base.lengths, [name]: base.lengths[name]! + 10 * (multiples[name] ?? 1) }),
  )
  const checks = [1, 2].map((row) => probe(probeLengths(names, multiples, row)))
  return { recorded: base.recorded, graph: new Generalization(signature, symbols, base, single, checks).graph() }
}

/** Records a program with some number for every named length: enough to learn how it uses its variables. */
export function recordAtSomeLength(
  record: (signature: ProgramSignature) => RecordedProgram,
  signature: ProgramSignature,
): RecordedProgram {
  return recordAt(record, signature, someLengths(signature))
}

/** The lengths of {@link recordAtSomeLength}. */
export function someLengths({ feeds, multiples = {} }: ProgramSignature): Lengths {
  return probeLengths([...symbolsOf(feeds).keys()], multiples, 0)
}

function recordAt(
  record: (signature: ProgramSignature) => RecordedProgram,
  signature: ProgramSignature,
  lengths: Lengths,
): RecordedProgram {
  try {
    return record({ ...signature, feeds: withLengths(signature.feeds, lengths) })
  } catch (error) {
    throw withLengthsNamed(error, lengths)
  }
}

/** A length of its own for every name, in one row of the table. */
function probeLengths(names: readonly string[], multiples: Readonly<Record<string, number>>, row: number): Lengths {
  return Object.fromEntries(
    names.map((name, index) => {
      const length = PROBE_LENGTHS[row]![index % MOST_NAMES]!
      const multiple = multiples[name] ?? 1
      // About as long as without a promise; lengths of other names and rows stay others, however large the multiples.
      return [name, multiple === 1 ? length : (Math.ceil(length / multiple) + index + 7 * row) * multiple]
    }),
  )
}

/** Each named length, with the feed and axis that tell it. */
function symbolsOf(feeds: Readonly<Record<string, TensorSpec>>): Map<string, LengthSource> {
  const symbols = new Map<string, LengthSource>()
  for (const [feed, { shape }] of Object.entries(feeds)) {
    for (const [axis, length] of shape.entries()) {
      if (typeof length === 'string' && !symbols.has(length)) symbols.set(length, { feed, axis })
    }
  }
  return symbols
}

function withLengths(feeds: Readonly<Record<string, TensorSpec>>, lengths: Lengths): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(feeds).map(([feed, { dtype, shape }]) => [
      feed,
      { dtype, shape: shape.map((length) => (typeof length === 'string' ? lengths[length]! : length)) },
    ]),
  )
}
