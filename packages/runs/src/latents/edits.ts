import { ConfigurationError, counted, type NDArray, ndarray, parseNumber } from '@gantry/core'
import type { Direction } from '@gantry/latents'

/** So many steps in a direction, counted from 1 as people see them on a sheet. */
export interface Edit {
  readonly direction: number
  readonly steps: number
}

/** First and last of the layers that something is done to. */
export type LayerRange = readonly [first: number, last: number]

/**
 * Reads `3:+2`: two steps along the third direction.
 *
 * @throws ConfigurationError `EDIT_INVALID`
 */
export function parseEdit(text: string): Edit {
  const [direction, steps] = text.split(':').map((part) => parseNumber(part.replace(/^\+/, '')))
  if (direction !== undefined && Number.isInteger(direction) && direction >= 1 && steps !== undefined) {
    return { direction, steps }
  }
  throw new ConfigurationError({
    code: 'EDIT_INVALID',
    message: `An edit is a direction and how far to go, such as 3:+2 or 1:-1.5, not '${text}'.`,
  })
}

/**
 * Styles moved along directions: in all layers, or in some.
 *
 * @param styles [count, layers, size]
 * @throws ConfigurationError `DIRECTION_UNKNOWN` for an edit beyond the last, `LAYERS_INVALID`
 */
export function editStyles(
  styles: NDArray<'float32'>,
  edits: readonly Edit[],
  { directions, layers }: { readonly directions: readonly Direction[]; readonly layers?: LayerRange | undefined },
): NDArray<'float32'> {
  const [count, all, size] = styles.shape as readonly [number, number, number]
  const [first, last] = layers ?? [0, all - 1]
  checkLayers([first, last], all)
  const edited = ndarray('float32', [count, all, size], styles.data.slice())
  for (const { direction, steps } of edits) {
    const found = directions[direction - 1]
    if (found === undefined) throw beyond(direction, directions.length)
    const { vector, scale } = found
    for (let row = 0; row < count; row++) {
      for (let layer = first; layer <= last; layer++) {
        const start = (row * all + layer) * size
        for (let index = 0; index < size; index++) edited.data[start + index]! += steps * scale * vector[index]!
      }
    }
  }
  return edited
}

/**
 * Styles of some samples in these layers, of others in the rest: row by row.
 *
 * @param coarse, fine [count, layers, size]
 * @param layers that are taken from `coarse`
 */
export function mixStyles(
  coarse: NDArray<'float32'>,
  fine: NDArray<'float32'>,
  layers: LayerRange,
): NDArray<'float32'> {
  const [count, all, size] = coarse.shape as readonly [number, number, number]
  checkLayers(layers, all)
  const mixed = ndarray('float32', [count, all, size], fine.data.slice())
  for (let row = 0; row < count; row++) {
    const [start, end] = [(row * all + layers[0]) * size, (row * all + layers[1] + 1) * size]
    mixed.data.set(coarse.data.subarray(start, end), start)
  }
  return mixed
}

/**
 * Reads `0-3`, or `5` alone.
 *
 * @throws ConfigurationError `LAYERS_INVALID`
 */
export function parseLayers(text: string): LayerRange {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? []
  if (first !== undefined && Number(first) <= Number(last)) return [Number(first), Number(last)]
  throw new ConfigurationError({
    code: 'LAYERS_INVALID',
    message: `Layers are the first and the last, such as 0-3, not '${text}'.`,
  })
}

function checkLayers([first, last]: LayerRange, count: number): void {
  if (first >= 0 && first <= last && last < count) return
  throw new ConfigurationError({
    code: 'LAYERS_INVALID',
    message: `The layers ${first} to ${last} are asked for, but there are ${counted(count, 'layer')}: 0 to ${count - 1}.`,
  })
}

function beyond(direction: number, count: number): ConfigurationError {
  return new ConfigurationError({
    code: 'DIRECTION_UNKNOWN',
    message: `An edit goes along direction ${direction}, but there are ${counted(count, 'direction')}.`,
    fix: `Name one from 1 to ${count}, or ask for more: 'gantry directions MODEL --count ${direction}'.`,
  })
}
