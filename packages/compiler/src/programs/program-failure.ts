import { GantryError, UnsupportedError } from '@gantry/core'
import { programError } from '../errors.ts'
import { nameLengths } from './name-lengths.ts'
import { placeOf } from './place.ts'
import type { ProgramSignature, RecordedProgram } from './record-program.ts'
import { recordAtSomeLength, recordForAnyLength, someLengths } from './symbolic-dimensions.ts'

/**
 * Records a program for the first time. What TF.js throws then is about lengths that nobody gave: it is explained.
 *
 * @throws UnsupportedError `DIMENSION_BAKED_IN` for a program that works when its open lengths are 1 and not otherwise,
 * `MULTIPLE_NEEDED` for one that works when they are multiples of some number, `PROGRAM_FAILED` for everything else that is no Gantry error
 */
export function explainingFailures(
  record: (signature: ProgramSignature) => RecordedProgram,
  program: ProgramSignature,
): RecordedProgram {
  try {
    return recordAtSomeLength(record, program)
  } catch (error) {
    if (GantryError.isInstance(error)) throw error
    const place = placeOf(error)
    const where = place === undefined ? '' : ` in ${place}`
    const detail = nameLengths(error instanceof Error ? error.message : String(error), someLengths(program))
    const baked = openNames(program).filter((name) => worksAtOne(record, program, name))
    if (baked.length > 0) {
      throw new UnsupportedError({
        code: 'DIMENSION_BAKED_IN',
        message: `${program.name} works when ${baked.join(' or ')} is 1 and for no other length: TF.js says '${detail}'${where}.`,
        fix: 'Write the program so that it works for any length (for example tf.reshape with -1), or give that axis a fixed length.',
        cause: error,
      })
    }
    const multiples = neededMultiples(record, program)
    if (multiples !== undefined) {
      const promise = Object.entries(multiples).map(([name, multiple]) => `${name}: ${multiple}`)
      throw programError(
        'MULTIPLE_NEEDED',
        `${program.name} does not work for every ${Object.keys(multiples).join(' and ')}: TF.js says '${detail}'${where}.`,
        `Promise multiples, with which it works: exportModel(model, { multiples: { ${promise.join(', ')} } }), or ${promise.map((each) => `--multiple ${each.replace(': ', '=')}`).join(' ')}.`,
        error,
      )
    }
    throw programError(
      'PROGRAM_FAILED',
      `${program.name} fails while it is recorded${where}: ${detail}`,
      'Run it on the TF.js cpu backend with inputs of these shapes to see the same error.',
      error,
    )
  }
}

function openNames({ feeds }: ProgramSignature): string[] {
  const lengths = Object.values(feeds).flatMap(({ shape }) => shape)
  return [...new Set(lengths.filter((length) => typeof length === 'string'))]
}

function worksAtOne(
  record: (signature: ProgramSignature) => RecordedProgram,
  program: ProgramSignature,
  name: string,
): boolean {
  const feeds = Object.entries(program.feeds).map(([feed, { dtype, shape }]) => {
    return [feed, { dtype, shape: shape.map((length) => (length === name ? 1 : length)) }]
  })
  try {
    recordAtSomeLength(record, { ...program, feeds: Object.fromEntries(feeds) })
    return true
  } catch {
    return false
  }
}

/**
 * Networks that make images smaller and larger again need even lengths, or more; those that compare samples in groups need batches of
 * whole groups. Lengths of images are tried first, then batches, then both.
 */
function neededMultiples(
  record: (signature: ProgramSignature) => RecordedProgram,
  program: ProgramSignature,
): Readonly<Record<string, number>> | undefined {
  const first = new Set(Object.values(program.feeds).map(({ shape }) => shape[0]))
  const names = openNames(program)
  const batches = names.filter((name) => first.has(name))
  const images = names.filter((name) => !first.has(name))
  for (const some of [images, batches, names]) {
    if (some.length === 0) continue
    for (const multiple of [2, 4, 8, 16, 32, 64]) {
      const multiples = Object.fromEntries(some.map((name) => [name, multiple]))
      try {
        recordForAnyLength(record, { ...program, multiples }, () => {})
        return multiples
      } catch {
        // Not with this one.
      }
    }
  }
  return undefined
}
