import { GantryError, ndarray } from '@gantry/core'
import {
  attribute,
  bindInputs,
  decodeModel,
  encodeModel,
  inferShapes,
  OPSET,
  opsetOf,
  optimizeForInference,
} from '@gantry/onnx'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const RELATIVE = 1e-3
const ABSOLUTE = 1e-5

/** What became of one test: right, refused (by us, with a code), not run (by ONNX Runtime), wrong, or crashed. */
export async function runTest({ name, bytes, sets }) {
  let model
  try {
    model = decodeModel(bytes)
  } catch (error) {
    return { name, ...refusal(error) }
  }
  let written
  try {
    written = rewrite(model)
  } catch (error) {
    // What can be read is a valid model: nothing may be refused from here on.
    return { name, outcome: 'crashed', detail: `${error.code ?? ''} ${error.stack ?? error}` }
  }
  const { specs, kept, ...files } = written
  const outcome = await compare(model, { original: bytes, ...files }, specs, sets())
  return { name, opset: model.opset, kept, ...outcome, files: { original: bytes, ...files } }
}

function refusal(error) {
  if (GantryError.isInstance(error)) return { outcome: 'refused', code: error.code }
  return { outcome: 'crashed', detail: String(error.stack ?? error) }
}

/** The model as it is written after nothing was done to it, and after all that is done to models. */
function rewrite(model) {
  const { graph } = model
  // Without what the file says of values, so that everything is inferred.
  const inferred = inferShapes({ ...graph, valueSpecs: new Map() })
  const same = encodeModel({ ...model, graph: inferShapes(graph) })
  const fast = optimizeForInference(graph)
  const optimized = encodeModel({ ...model, graph: fast })
  for (const bytes of [same, optimized]) inferShapes(decodeModel(bytes).graph)
  const specs = new Map(inferred.outputs.map(({ name }) => [name, inferred.valueSpecs.get(name)]))
  return { same, optimized, specs, kept: opsetOf(fast) < OPSET }
}

async function compare(model, files, specs, sets) {
  const { graph } = model
  let original
  try {
    original = await open(files.original)
  } catch (error) {
    return { outcome: 'not run', detail: firstLine(error) }
  }
  const sessions = []
  let folded = true
  try {
    for (const kind of ['same', 'optimized']) sessions.push([kind, await open(files[kind])])
    const feeds = sets.length > 0 ? sets : [{ inputs: graph.inputs.map(ones), outputs: [] }]
    for (const { inputs, outputs: expected } of feeds) {
      if (inputs.some((each) => each === undefined)) return { outcome: 'not run', detail: 'inputs that are no tensors' }
      const named = feedsOf(graph, inputs)
      let [first, second] = []
      try {
        first = await run(original, named)
        second = await run(original, named)
      } catch (error) {
        return { outcome: 'not run', detail: firstLine(error) }
      }
      const wrongSpec = graph.outputs.find((output) => !fits(specs.get(output.name), first[output.name]))
      if (wrongSpec !== undefined) {
        const actual = first[wrongSpec.name]
        const inferred = specs.get(wrongSpec.name)
        const detail = `'${wrongSpec.name}' is inferred as ${inferred.dtype}[${inferred.shape}] but is ${actual.dtype}[${actual.shape}]`
        return { outcome: 'wrong', detail }
      }
      if (graph.outputs.some((output) => !close(first[output.name], second[output.name]))) continue
      for (const [kind, session] of sessions) {
        const results = await run(session, named)
        const differs = graph.outputs.find(
          ({ name }, index) => !close(first[name], results[name]) && !close(expected[index], results[name]),
        )
        if (differs !== undefined) return { outcome: 'wrong', detail: `${kind}: '${differs.name}' differs` }
      }
      // A file without ONNX's own operators has no version for ours.
      if (opsetOf(graph) === 0) continue
      const constant = constantModel(model, inputs)
      folded &&= constant.graph.nodes.length === graph.outputs.length
      const computed = await open(encodeModel(constant))
      sessions.push(['constant', computed])
      const results = await run(computed, {})
      const differs = graph.outputs.find(({ name }) => !sameNumbers(first[name], results[`${name}_tested`]))
      if (differs !== undefined)
        return { outcome: 'wrong', detail: `computed ahead of time: '${differs.name}' differs` }
    }
    return { outcome: 'right', folded }
  } catch (error) {
    return { outcome: 'wrong', detail: `not run any more: ${firstLine(error)}` }
  } finally {
    for (const session of [original, ...sessions.map(([, each]) => each)]) await session.release()
  }
}

/** The model with its inputs as constants, so that whatever can be computed ahead of time is. What writes outputs stays. */
function constantModel(model, inputs) {
  const { graph } = model
  const outputs = graph.outputs.map(({ name, dtype, shape }) => ({
    name: `${name}_tested`,
    dtype,
    shape: [1, ...shape],
  }))
  const asInput = opsetOf(graph) >= 13
  const ends = graph.outputs.map(({ name }) => ({
    operator: 'Unsqueeze',
    name: `${name}_tested`,
    inputs: asInput ? [name, 'tested_axes'] : [name],
    outputs: [`${name}_tested`],
    attributes: asInput ? {} : { axes: attribute.ints([0]) },
  }))
  const initializers = new Map(graph.initializers)
  if (asInput) initializers.set('tested_axes', ndarray('int64', [1], BigInt64Array.of(0n)))
  const values = Object.fromEntries(
    graph.inputs.slice(0, inputs.length).map(({ name }, index) => [name, inputs[index]]),
  )
  const tested = { ...graph, outputs, initializers, nodes: [...graph.nodes, ...ends] }
  return { ...model, graph: optimizeForInference(bindInputs(tested, values)) }
}

function sameNumbers(expected, actual) {
  return close(expected, { ...actual, shape: actual.shape.slice(1) })
}

function open(bytes) {
  return InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  })
}

/** Inputs in the order of the file; those that are optional and absent are left out at the end. */
function feedsOf({ inputs }, tensors) {
  const pairs = inputs.slice(0, tensors.length).map(({ name }, index) => {
    const { dtype, shape, data } = tensors[index]
    return [name, new Tensor(dtype, data, shape)]
  })
  return Object.fromEntries(pairs)
}

async function run(session, feeds) {
  const results = await session.run(feeds)
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => [name, { dtype: type, shape: dims, data }]),
  )
}

function ones({ dtype, shape }) {
  const array = ndarray(
    dtype,
    shape.map((length) => (typeof length === 'number' ? length : 1)),
  )
  array.data.fill(dtype === 'int64' ? 1n : 1)
  return array
}

/** Whether an inferred spec says nothing false. */
function fits(spec, { dtype, shape }) {
  if (spec === undefined) return true
  return (
    spec.dtype === dtype &&
    spec.shape.length === shape.length &&
    spec.shape.every((length, axis) => typeof length === 'string' || length === shape[axis])
  )
}

function close(expected, actual) {
  if (expected?.dtype !== actual?.dtype || `${expected?.shape}` !== `${actual?.shape}`) return false
  return actual.data.every((value, index) => {
    const wanted = expected.data[index]
    if (Object.is(value, wanted) || value === wanted) return true
    const [left, right] = [Number(value), Number(wanted)]
    if (actual.dtype.startsWith('float')) return Math.abs(left - right) <= ABSOLUTE + RELATIVE * Math.abs(right)
    return false
  })
}

function firstLine(error) {
  return String(error.message ?? error).split('\n')[0]
}
