import { ConfigurationError, joinRows, type NDArray, ndarray, rowsOf, sizeOfShape } from '@gantry/core'
import { checkOutput, writeOutput } from '@gantry/files'
import type { Direction } from '@gantry/latents'
import { partsOf, supply } from '@gantry/modalities'
import { type Arrays, generate } from '@gantry/training'
import { checkShownOutput } from '../generators/check-shown-output.ts'
import type { LoadedGenerator } from '../generators/load-generator.ts'
import { editStyles, type LayerRange, mixStyles } from './edits.ts'
import type { StyleModel } from './style-model.ts'

const SHEET = 'A sheet of these samples'

/**
 * Refuses what no sheet of a generator can be written as: what leads to it takes a while.
 *
 * @throws ConfigurationError `OUT_INVALID`, `OUT_IS_FOLDER`
 */
export function checkSheet({ manifest }: Pick<LoadedGenerator, 'manifest'>, out: string): void {
  checkShownOutput(manifest.outputs, out, SHEET)
}

export interface MixingRequest {
  /** Seeds of what gives the coarse styles, one a row. */
  readonly rows: readonly number[]
  /** Seeds of what gives the fine ones, one a column. */
  readonly columns: readonly number[]
  /** Layers that are taken from the row; default: the first quarter, four at the most. */
  readonly layers?: LayerRange | undefined
  readonly asked?: Arrays
  readonly out: string
}

/**
 * The first four layers, up to 8 pixels, of images of 1,024 (Karras et al. 2019, section 3.1), whose last is the seventeenth; of smaller
 * images as small a part, as the rest would have nothing to say.
 */
function coarseOf(layers: number): LayerRange {
  return [0, Math.max(0, Math.min(3, Math.floor(layers / 4) - 1))]
}

/**
 * Style mixing (Karras et al. 2019, figure 3): every cell has the coarse styles of its row and the fine ones of its column, both of
 * which stand at the edges.
 *
 * @throws ConfigurationError `LAYERS_INVALID`, `OUT_INVALID`
 */
export async function writeMixing(
  { manifest }: LoadedGenerator,
  model: StyleModel,
  { rows, columns, layers = coarseOf(model.layers), asked = {}, out }: MixingRequest,
): Promise<void> {
  checkSheet(model.synthesis, out)
  const draws = [...rows, ...columns].map((seed) => supply(manifest.inputs, { seed, from: 0, count: 1, asked }))
  const styles = joinRows(await Promise.all(draws.map((own) => model.mapped(own)))) as NDArray<'float32'>
  const pairs = rows.flatMap((_, row) => columns.map((_, column) => [row, rows.length + column] as const))
  const pick = (indices: readonly number[]) =>
    joinRows(indices.map((index) => rowsOf(styles, index, 1))) as NDArray<'float32'>
  const mixed = mixStyles(pick(pairs.map(([row]) => row)), pick(pairs.map(([, column]) => column)), layers)
  const pictures = await draw(model, joinRows([styles, mixed]), draws[0]!)
  const at = (name: string, index: number) => rowsOf(pictures[name]!, index, 1)
  const sheet = Object.fromEntries(
    Object.keys(pictures).map((name) => {
      const head = [blank(pictures[name]!, model, name), ...columns.map((_, column) => at(name, rows.length + column))]
      const body = rows.flatMap((_, row) => [
        at(name, row),
        ...columns.map((_, column) => at(name, rows.length + columns.length + row * columns.length + column)),
      ])
      return [name, joinRows([...head, ...body])]
    }),
  )
  await writeSheet(model, sheet, { columns: columns.length + 1, out })
}

export interface StripsRequest {
  readonly directions: readonly Direction[]
  /** A strip of each direction for each of these. */
  readonly seeds: readonly number[]
  /** How far along: −3 … 3 by default. */
  readonly steps?: readonly number[]
  readonly layers?: LayerRange | undefined
  readonly asked?: Arrays
  readonly out: string
}

const STEPS = [-3, -2, -1, 0, 1, 2, 3]

/**
 * What directions do: a strip for each seed and direction, of pictures along it.
 *
 * @throws ConfigurationError `LAYERS_INVALID`, `OUT_INVALID`
 */
export async function writeStrips(
  { manifest }: LoadedGenerator,
  model: StyleModel,
  { directions, seeds, steps = STEPS, layers, asked = {}, out }: StripsRequest,
): Promise<void> {
  checkSheet(model.synthesis, out)
  const draws = seeds.map((seed) => supply(manifest.inputs, { seed, from: 0, count: 1, asked }))
  const styles = await Promise.all(draws.map((own) => model.mapped(own)))
  const strips = directions.flatMap((_, direction) =>
    styles.flatMap((own) =>
      steps.map((distance) => editStyles(own, [{ direction: direction + 1, steps: distance }], { directions, layers })),
    ),
  )
  const pictures = await draw(model, joinRows(strips), draws.at(-1)!)
  await writeSheet(model, pictures, { columns: steps.length, out })
}

/** Pictures of many styles; what else the synthesis takes is the same for all: one element. */
async function draw({ synthesis, beside }: StyleModel, styles: NDArray, inputs: Arrays): Promise<Arrays> {
  const asked = { ...beside(inputs), styles }
  return (await generate(synthesis.evaluate, synthesis.manifest.inputs, { seed: 0, count: styles.shape[0]!, asked }))
    .outputs
}

async function writeSheet(
  { synthesis: { manifest } }: StyleModel,
  outputs: Arrays,
  { columns, out }: { readonly columns: number; readonly out: string },
): Promise<void> {
  const [shown] = partsOf(manifest.outputs, outputs)
  const artefact = await shown?.modality.show?.(shown.parts, {}, { columns })
  if (artefact === undefined) throw notShown(manifest.variant)
  checkOutput(out, artefact.extension, SHEET)
  await writeOutput(out, artefact.bytes)
}

function notShown(variant: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MODALITY_UNSEEN',
    message: `What ${variant} makes cannot be shown, and has no sheets.`,
    fix: 'Choose a generator of images.',
  })
}

/** Nothing, in the corner of a sheet: the smallest value, which is black like all that lies between pictures. */
function blank({ dtype, shape }: NDArray, { synthesis: { manifest } }: StyleModel, name: string): NDArray {
  const cell = ndarray(dtype, [1, ...shape.slice(1)])
  return { ...cell, data: new Float32Array(sizeOfShape(cell.shape)).fill(manifest.outputs[name]!.range?.[0] ?? -1) }
}
