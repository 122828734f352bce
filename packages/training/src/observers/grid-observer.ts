import {
  type Batch,
  type Dataset,
  findFunction,
  type ModelFunction,
  type RunEvent,
  UnsupportedError,
} from '@gantry/core'
import { type Artefact, besideOf, type Modality, modalities, partsOf, portsFromData } from '@gantry/modalities'
import { firstSamples } from '../first-samples.ts'
import { generate } from '../generate.ts'
import type { Moment, Observer } from '../observer.ts'
import type { RunRecord } from '../run-record.ts'
import { stepName } from '../step-name.ts'

export interface GridOptions {
  readonly every: number
  readonly dataset: Dataset
  readonly seed: number
  /** Samples in a grid. */
  readonly count: number
  /** Modalities that are known; default: those of @gantry/modalities. */
  readonly registry?: readonly Modality[]
}

/**
 * Shows what the model's `shown` functions make, as the modality of their outputs shows it: `samples/STEP.png`, and
 * `samples/STEP-FUNCTION.png` of a second one. The inputs are the same each time, so that a run can be watched like a film.
 */
export function gridObserver(options: GridOptions): Observer {
  const real = realSamples(options)
  return {
    name: 'grid',
    every: options.every,
    look: async (moment) => {
      const paints: [name: string, paint: () => Promise<Artefact>][] = []
      for (const [index, name] of moment.model.shown.entries()) {
        const fn = findFunction(moment.model, name)
        const suffix = index === 0 ? '' : `-${name}`
        paints.push([`samples/${stepName(moment.step)}${suffix}`, await paintingOf(moment, fn, real, options)])
      }
      return async (record: RunRecord) => {
        const events: RunEvent[] = []
        for (const [name, paint] of paints) {
          events.push({ type: 'sample', step: moment.step, path: await record.write(name, await paint()) })
        }
        return events
      }
    },
  }
}

/** The first samples of the data, read once, when somebody wants them. */
function realSamples({ dataset, seed }: GridOptions): (wanted: number) => Promise<Batch> {
  const read = new Map<number, Promise<Batch>>()
  return (wanted) => {
    const reading = read.get(wanted) ?? firstSamples(dataset, wanted, seed)
    read.set(wanted, reading)
    return reading
  }
}

/** Evaluates a function; what it resolves to draws the picture. */
async function paintingOf(
  { evaluate }: Moment,
  { name, inputs: ports, outputs }: ModelFunction<unknown>,
  real: (wanted: number) => Promise<Batch>,
  { seed, count, registry = modalities }: GridOptions,
): Promise<() => Promise<Artefact>> {
  const given = portsFromData(ports, registry)
  const fromData = Object.keys(given).length > 0
  const data = fromData ? await real(count) : {}
  const made = await generate((inputs, draw) => evaluate(name, inputs, draw), ports, { seed, count, data, registry })
  const group = partsOf(outputs, made.outputs, registry).find(({ modality }) => modality.show !== undefined)
  if (group === undefined) throw nothingToShow(name)
  return async () => {
    const { modality, parts } = group
    const seen = fromData || modality.beside === undefined ? data : await real(modality.beside)
    return modality.show!(parts, besideOf(parts, { given, inputs: made.inputs, real: seen }, registry))
  }
}

function nothingToShow(name: string): UnsupportedError {
  return new UnsupportedError({
    code: 'NOTHING_TO_SHOW',
    message: `No output of the function '${name}' is of a modality that can be shown.`,
    fix: "Leave it out of the model's `shown`.",
  })
}
