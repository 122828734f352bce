import { type TensorSpec, UnsupportedError } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { currentPlace, within } from '../programs/place.ts'
import {
  distinctNames,
  type Exportable,
  type InputDescriptions,
  inputSpecs,
  namedResults,
  overrideInputs,
} from './exportable.ts'

/** The part of a `tf.LayersModel` that an export needs. */
export interface NetworkLike {
  readonly name: string
  readonly inputs: readonly {
    readonly name: string
    readonly shape: readonly (number | null)[]
    readonly dtype: string
  }[]
  readonly outputs: readonly { readonly sourceLayer: { readonly name: string } }[]
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly weights: readonly { readonly name: string; readonly originalName: string }[]
  // biome-ignore lint/suspicious/noExplicitAny: tfjs-layers types this by overloads
  apply(inputs: any, options?: any): any
}

/** What layers have in common, those inside of wrappers and recurrent layers included. */
interface LayerLike {
  readonly name: string
  getClassName(): string
  // biome-ignore lint/suspicious/noExplicitAny: every layer has a signature of its own
  call(...args: any[]): any
  readonly layers?: readonly LayerLike[]
  readonly layer?: LayerLike
  /** What recurrent layers run at every step. */
  readonly cell?: object
  readonly forwardLayer?: LayerLike
  readonly backwardLayer?: LayerLike
}

/** Whether a layer runs once for every entry of the second axis: recorded, it becomes a copy for each. */
const isUnrolled = (layer: LayerLike) => layer.cell !== undefined || layer.getClassName() === 'TimeDistributed'

/** A `tf.LayersModel` in inference: dropout off, batch normalization with its moving statistics. */
export function layersModel(network: NetworkLike, given: InputDescriptions | undefined): Exportable {
  // A `tf.Sequential` leaves `inputNames` and `outputNames` empty.
  const inputNames = network.inputNames.length > 0 ? network.inputNames : network.inputs.map(({ name }) => name)
  const declared = network.inputs.map(({ shape, dtype }, index) => {
    return { name: inputNames[index]!, shape, dtype: dtype as TensorSpec['dtype'] }
  })
  const inputs = overrideInputs(network.name, inputSpecs(declared), given)
  const own =
    network.outputNames.length > 0 ? network.outputNames : network.outputs.map((each) => each.sourceLayer.name)
  const outputNames = distinctNames(own, inputNames)
  return {
    name: network.name,
    inputs,
    weights: {},
    variableNames: new Map(network.weights.map((weight) => [weight.name, weight.originalName])),
    program: (feeds) => {
      const open = openLengths(inputs, feeds)
      const tensors = inputNames.map((name) => feeds[name]!)
      return withPlaces(network as unknown as LayerLike, open, () => {
        const results = [network.apply(tensors.length === 1 ? tensors[0] : tensors, { training: false })].flat()
        // Of an output that is listed twice TF.js returns the first only.
        const listed = network.outputs.map((output) => results[network.outputs.indexOf(output)] as Tensor)
        return namedResults(outputNames, listed)
      })
    },
  }
}

/** A length that stays open, and the input that it belongs to. */
interface OpenLength {
  readonly name: string
  readonly input: string
  readonly spec: TensorSpec
}

type OpenLengths = ReadonlyMap<number, OpenLength>

/** The open lengths by the numbers that stand in for them in this recording. */
function openLengths(
  inputs: Readonly<Record<string, TensorSpec>>,
  feeds: Readonly<Record<string, Tensor>>,
): OpenLengths {
  return new Map(
    Object.entries(inputs).flatMap(([input, spec]) =>
      spec.shape.flatMap((name, axis) =>
        typeof name === 'string' ? [[feeds[input]!.shape[axis]!, { name, input, spec }] as const] : [],
      ),
    ),
  )
}

/** Runs `body` while every layer of the network tells when it is called: TF.js's engine knows operations, not layers. */
function withPlaces<Result>(network: LayerLike, open: OpenLengths, body: () => Result): Result {
  const layers = new Set<LayerLike>()
  collect(network, layers)
  const restore = [...layers].map((layer) => {
    const own = Object.getOwnPropertyDescriptor(layer, 'call')
    const { call } = layer
    const label = `${layer.name} (${layer.getClassName()})`
    layer.call = (...args) =>
      within(layer.layers === undefined ? label : layer.name, () => {
        if (isUnrolled(layer)) refuseOpenTime(args[0], open)
        return call.apply(layer, args)
      })
    return () => {
      if (own === undefined) Reflect.deleteProperty(layer, 'call')
      else Object.defineProperty(layer, 'call', own)
    }
  })
  try {
    return body()
  } finally {
    for (const each of restore) each()
  }
}

function collect(layer: LayerLike | undefined, found: Set<LayerLike>): void {
  if (layer === undefined || found.has(layer)) return
  found.add(layer)
  for (const inner of layer.layers ?? []) collect(inner, found)
  for (const inner of [layer.layer, layer.forwardLayer, layer.backwardLayer]) collect(inner, found)
}

function refuseOpenTime(input: Tensor | readonly Tensor[], open: OpenLengths): void {
  const [sequence] = [input].flat() as Tensor[]
  const length = open.get(sequence!.shape[1]!)
  if (length === undefined) return
  const { name, input: owner, spec } = length
  const fixed = spec.shape.map((each) => (each === name ? 20 : each))
  const literal = fixed.map((each) => (typeof each === 'string' ? `'${each}'` : each)).join(', ')
  throw new UnsupportedError({
    code: 'SEQUENCE_LENGTH_OPEN',
    message: `${currentPlace()} runs once for every entry of the axis '${name}', whose length is open: such layers are exported step by step.`,
    fix: `Give that axis a length: exportModel(model, { inputs: { '${owner}': { shape: [${literal}] } } }), or --input ${owner}=${fixed}.`,
  })
}
