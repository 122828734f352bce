import { ConfigurationError, counted, numbersToArray, type Ports, sizeOfShape } from '@gantry/core'
import { countOf } from '@gantry/modalities'
import type { Arrays } from '@gantry/training'

/** What to ask for, and how to lay it out. */
export interface AskedRows {
  readonly asked: Arrays
  readonly count: number
  /** Samples in a row. */
  readonly columns: number
}

const USUAL_COLUMNS = 8

/**
 * Asks for samples in rows: the first has class 0 of an input, the second class 1, to the last.
 *
 * @param name of the input, or its modality: `label`
 * @param count of all samples; default: eight a row
 * @throws ConfigurationError `ROWS_INVALID` for inputs that have no classes, and for counts that do not fill rows
 *
 * @example
 * ```ts
 * await writeSamples(generator, { seed: 0, out: 'digits.png', ...rowsBy(generator.manifest.inputs, 'label') })
 * ```
 */
export function rowsBy(ports: Ports, name: string, count?: number): AskedRows {
  const found = Object.entries(ports).find(([own, { modality }]) => own === name || modality === name)
  const classes = found && countOf(found[1])
  if (found === undefined || classes === undefined) {
    const able = Object.keys(ports).filter((own) => countOf(ports[own]!) !== undefined)
    throw new ConfigurationError({
      code: 'ROWS_INVALID',
      message: `Rows are of the classes of an input, but ${found ? `the input '${found[0]}' has none` : `there is no input '${name}'`}.`,
      fix:
        able.length > 0 ? `Inputs with classes: ${able.join(', ')}.` : 'This generator takes no classes: leave it out.',
    })
  }
  const all = count ?? classes * USUAL_COLUMNS
  const columns = all / classes
  if (!Number.isInteger(columns)) {
    throw new ConfigurationError({
      code: 'ROWS_INVALID',
      message: `${counted(all, 'sample')} do not fill rows of ${counted(classes, 'class', 'classes')}.`,
      fix: `Ask for ${classes}, ${2 * classes}, ${3 * classes} … samples.`,
    })
  }
  const [input, port] = found
  const shape = port.shape.filter((length) => typeof length === 'number')
  const size = sizeOfShape(shape)
  const labels = Array.from({ length: all * size }, (_, index) => Math.floor(index / size / columns))
  return { asked: { [input]: numbersToArray(port.dtype, [all, ...shape], labels) }, count: all, columns }
}
