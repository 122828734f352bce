import type { Direction } from '@gantry/latents'
import type { LoadedGenerator, LoadOptions } from '../generators/load-generator.ts'
import { readDirections } from './directions-file.ts'
import { type Edit, editStyles, type LayerRange } from './edits.ts'
import { openStyleModel, type StyleModel } from './style-model.ts'

export interface EditRequest {
  readonly edits: readonly Edit[]
  /** Layers that are edited; default: all. */
  readonly layers?: LayerRange | undefined
}

/**
 * A generator whose samples are all moved along directions that were found for it: to be sampled, walked through or scored like any
 * other. Disposing of it disposes of the one that it is made of.
 *
 * @throws ConfigurationError `STYLES_MISSING`, `DIRECTIONS_MISSING`, `DIRECTION_UNKNOWN`, `LAYERS_INVALID`
 */
export async function editedGenerator(
  generator: LoadedGenerator,
  request: EditRequest,
  options: LoadOptions = {},
): Promise<LoadedGenerator> {
  // Whoever has no styles is told so, and not to look for directions among them.
  const model = await openStyleModel(generator, options)
  try {
    const { directions } = await readDirections(generator)
    // Before anything is made.
    checkEdits(model, directions, request)
    return {
      ...generator,
      evaluate: model.changing((styles) => editStyles(styles, request.edits, { ...request, directions })),
      async dispose() {
        await model.dispose()
        await generator.dispose()
      },
    }
  } catch (error) {
    await model.dispose()
    throw error
  }
}

function checkEdits({ layers, size }: StyleModel, directions: readonly Direction[], request: EditRequest): void {
  const none = { dtype: 'float32' as const, shape: [0, layers, size], data: new Float32Array() }
  editStyles(none, request.edits, { ...request, directions })
}
