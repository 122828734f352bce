import { ConfigurationError, type NDArray, type Ports } from '@gantry/core'
import type { Arrays, Evaluate } from '@gantry/training'
import { loadCompanion } from '../generators/load-companion.ts'
import type { LoadedGenerator, LoadOptions } from '../generators/load-generator.ts'

/** Names of the functions that a generator of styles is cut into, and of what goes from one to the other. */
const MAPPING = 'mapping'
const SYNTHESIS = 'synthesis'
const STYLES = 'styles'

/** A generator that makes styles of latent vectors, and pictures of styles, one for each layer. */
export interface StyleModel {
  readonly mapping: LoadedGenerator
  readonly synthesis: LoadedGenerator
  /** Layers that have a style of their own, and numbers of a style. */
  readonly layers: number
  readonly size: number
  /** The styles of samples: [count, layers, size]. */
  mapped(inputs: Arrays): Promise<NDArray<'float32'>>
  /** Of the generator's inputs those that the synthesis takes beside the styles: how much noise there is. */
  beside(inputs: Arrays): Arrays
  /** The generator itself, whose styles are changed on the way. */
  changing(change: (styles: NDArray<'float32'>) => NDArray): Evaluate
  dispose(): Promise<void>
}

/**
 * Opens the two halves of a generator of styles, exporting them where its run can be asked.
 *
 * @throws ConfigurationError `STYLES_MISSING` for a generator without, `FUNCTION_MISSING` for one whose halves are not there
 */
export async function openStyleModel(generator: LoadedGenerator, options: LoadOptions = {}): Promise<StyleModel> {
  const mapping = await half(generator, MAPPING, options)
  const synthesis = await half(generator, SYNTHESIS, options).catch(async (error) => {
    await mapping.dispose()
    throw error
  })
  const dispose = async () => {
    await Promise.all([mapping.dispose(), synthesis.dispose()])
  }
  const [given, taken] = [mapping.manifest.outputs[STYLES], synthesis.manifest.inputs[STYLES]]
  if (given === undefined || taken === undefined || given.shape.join() !== taken.shape.join()) {
    await dispose()
    throw withoutStyles(generator)
  }
  const [layers, size] = taken.shape as readonly [number, number]
  const only = (ports: Ports, inputs: Arrays) =>
    Object.fromEntries(Object.entries(inputs).filter(([name]) => Object.hasOwn(ports, name)))
  const draw = () => {
    throw new Error('What is exported draws nothing.')
  }
  const mapped = async (inputs: Arrays) => {
    const outputs = await mapping.evaluate(only(mapping.manifest.inputs, inputs), draw)
    return outputs[STYLES] as NDArray<'float32'>
  }
  const beside = (inputs: Arrays) => only(synthesis.manifest.inputs, inputs)
  return {
    ...{ mapping, synthesis, layers, size, mapped, beside, dispose },
    changing: (change) => async (inputs) =>
      synthesis.evaluate({ ...beside(inputs), [STYLES]: change(await mapped(inputs)) }, draw),
  }
}

async function half(generator: LoadedGenerator, name: string, options: LoadOptions): Promise<LoadedGenerator> {
  try {
    return await loadCompanion(generator, name, options)
  } catch (error) {
    // A run whose model has no such function says so when it is asked to export it.
    if ((error as { code?: string }).code === 'FUNCTION_UNKNOWN') {
      throw generator.manifest.weights === 'raw' ? notAveraged(generator) : withoutStyles(generator)
    }
    throw error
  }
}

function notAveraged({ path, manifest }: LoadedGenerator): ConfigurationError {
  return new ConfigurationError({
    code: 'STYLES_MISSING',
    message: `${path} (${manifest.variant}) has the weights as trained, but styles are only to be had of their moving average.`,
    fix: "Export it anew: 'gantry export RUN --weights ema'.",
  })
}

function withoutStyles({ path, manifest }: LoadedGenerator): ConfigurationError {
  return new ConfigurationError({
    code: 'STYLES_MISSING',
    message: `${path} (${manifest.variant}) has no styles between its latent vectors and its samples.`,
    fix: "Choose a generator that has, such as 'stylegan2'.",
  })
}
