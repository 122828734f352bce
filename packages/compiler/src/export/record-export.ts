import { type NDArray, permuteAxes } from '@gantry/core'
import { bindInputs, createModel, type Model, optimizeForInference } from '@gantry/onnx'
import { engine } from '@tensorflow/tfjs-core'
import { chooseLayouts } from '../programs/choose-layouts.ts'
import { refuseRandom } from '../programs/determinism.ts'
import type { RecordedFunction } from '../programs/function-ports.ts'
import { explainingFailures } from '../programs/program-failure.ts'
import { type ProgramSignature, recordProgram, type Variables } from '../programs/record-program.ts'
import { recordAtSomeLength, recordForAnyLength } from '../programs/symbolic-dimensions.ts'
import { withRecording } from '../programs/with-recording.ts'
import type { StateLayouts } from '../recording/recording.ts'
import { recordingBackend } from '../recording/recording-backend.ts'
import { distinctNames, type Exportable } from './exportable.ts'

/** What a file says of itself, and what may be promised of its inputs. */
export interface FileSignature {
  /** Name of the graph. */
  readonly name?: string
  /**
   * Named lengths that will only ever be a multiple of some number, such as `{ height: 8, width: 8 }` for a network that
   * halves images three times and doubles them again.
   */
  readonly multiples?: Readonly<Record<string, number>>
  /** Free-form text properties of the file. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly documentation?: string
}

/**
 * Records a model as an ONNX model that holds its weights.
 *
 * @param finish is given the model, and what was recorded, while the weights' memory is still theirs
 */
export function recordExport<Result>(
  own: Exportable,
  { multiples, metadata, documentation }: FileSignature,
  finish: (file: Model, recording: RecordedFunction) => Result,
): Promise<Result> {
  const program: ProgramSignature = {
    name: own.name,
    program: own.program,
    feeds: own.inputs,
    ...(multiples && { multiples }),
  }
  const variables = namedVariables(own)
  return withRecording({ variables, weights: own.weights }, (backend, values) => {
    const record = (layouts: StateLayouts) => (at: ProgramSignature) =>
      recordProgram(backend, at, variables, { layouts })
    const first = explainingFailures(record({}), program)
    const layouts = chooseLayouts([first])
    const recordOwn = record(layouts)
    const recording = recordForAnyLength(recordOwn, program, (base) =>
      refuseRandom(backend, program.name, [first, base], () => recordAtSomeLength(recordOwn, program)),
    )
    const { reads } = recording.recorded
    const weights = Object.fromEntries(reads.map((each) => [each, laidOut(values[each]!, layouts[each])]))
    const graph = optimizeForInference(bindInputs(recording.graph, weights))
    const described = { ...(metadata && { metadata }), ...(documentation && { documentation }) }
    return finish(createModel(graph, described), recording)
  })
}

/**
 * All variables of the process that have numbers, by names that are free in the graph: the model's own ones as the model calls
 * them.
 */
function namedVariables({ inputs, weights, variableNames }: Exportable): Variables {
  const backend = recordingBackend()
  const registered = Object.values(engine().state.registeredVariables).filter(({ dataId }) => !backend.isMoved(dataId))
  const own = registered.filter(({ name }) => variableNames.has(name))
  const all = [...own, ...registered.filter(({ name }) => !variableNames.has(name))]
  const names = distinctNames(
    all.map(({ name }) => variableNames.get(name) ?? name),
    [...Object.keys(inputs), ...Object.keys(weights)],
  )
  return Object.fromEntries(all.map((variable, index) => [names[index]!, variable]))
}

function laidOut(array: NDArray, permutation: readonly number[] | undefined): NDArray {
  return permutation === undefined ? array : permuteAxes(array, permutation)
}
