import { drawnPort, type ModelFunction, type Port, type Ports, ShapeError, UnsupportedError } from '@gantry/core'
import type { Graph } from '@gantry/onnx'
import type { RecordedProgram } from './record-program.ts'

/** A program that was recorded for any length. */
export interface RecordedFunction {
  readonly recorded: RecordedProgram
  readonly graph: Graph
}

/**
 * The inputs of a recorded function: its own, and a port for each noise that it draws by name.
 *
 * @param owner what errors call the function
 * @throws UnsupportedError `NOISE_WITHOUT_BATCH` for noise whose first axis is not the batch: nobody could draw it by sample
 */
export function recordedInputs(owner: string, own: Ports, { recorded, graph }: RecordedFunction): Ports {
  const noise = graph.inputs.flatMap(({ name, shape }): [string, Port][] => {
    const feed = recorded.noise[name]
    if (feed === undefined) return []
    if (shape[0] !== 'batch') {
      throw new UnsupportedError({
        code: 'NOISE_WITHOUT_BATCH',
        message: `${owner} draws the noise '${name}' of shape [${shape}], whose first axis is not the batch.`,
        fix: `Draw [batch, …], with the batch of an input, or make '${name}' an input of the function.`,
      })
    }
    return [[name, drawnPort('noise', shape.slice(1), feed.source.distribution)]]
  })
  return { ...own, ...Object.fromEntries(noise) }
}

/**
 * Checks that a recorded function returns what its ports say.
 *
 * @throws ShapeError `OUTPUT_MISMATCH`, naming both sides
 */
export function checkOutputs(
  owner: string,
  { outputs }: Pick<ModelFunction<unknown>, 'outputs'>,
  { recorded, graph }: RecordedFunction,
): void {
  const fail: (detail: string) => never = (detail) => {
    throw new ShapeError({
      code: 'OUTPUT_MISMATCH',
      message: `${owner}: ${detail}.`,
      fix: 'Make the output ports of the function say what its program returns, for every element of a batch.',
    })
  }
  const returned = new Set(recorded.results.map(({ name }) => name))
  for (const name of Object.keys(outputs)) {
    if (!returned.has(name))
      fail(`the output '${name}' is not among what its program returns (${[...returned].join(', ')})`)
  }
  for (const { name, dtype, shape } of graph.outputs.filter((output) => returned.has(output.name))) {
    const port = outputs[name]
    if (port === undefined) fail(`its program returns '${name}', which is none of its outputs`)
    const expected = ['batch', ...port.shape]
    const fits =
      dtype === port.dtype &&
      shape.length === expected.length &&
      shape[0] === 'batch' &&
      // A length that the port leaves open may be any.
      port.shape.every((length, axis) => typeof length === 'string' || length === shape[axis + 1])
    if (!fits) fail(`the output '${name}' is ${port.dtype}[${expected}] but its program returns ${dtype}[${shape}]`)
  }
}
