import { arithmeticNames } from './function-layers.ts'
import { type Fields, translateLayer } from './layer-fields.ts'
import { kerasRefusal } from './refusal.ts'

type Json = Fields

const MODELS = new Set(['Sequential', 'Functional', 'Model'])
const isModel = ({ class_name }: Json) => MODELS.has(class_name)

/** A tensor: the layer that makes it, in which call, and which of several results. */
type Place = readonly [layer: string, node: number, tensor: number]
type Count = (place: Place) => Place

/** What a layer is called with: tensors of other layers, lists of them, and plain values. */
interface Call {
  readonly tensors: readonly Place[]
  readonly positions: readonly unknown[]
}

/**
 * A model's topology as Keras writes it, 2 or 3, in the form that TF.js reads, with the layers that compute what Keras means.
 *
 * @throws UnsupportedError `KERAS_LAYER_UNSUPPORTED` for what would come out as other numbers
 */
export function translateTopology(topology: Json, kerasVersion: number): Json {
  const { model_config, ...rest } = topology
  const model = model_config ?? rest
  // Fields that are undefined are none: TF.js would fail at them.
  return JSON.parse(JSON.stringify({ ...rest, model_config: translateModel(model, kerasVersion) }))
}

function translateModel({ class_name, config }: Json, kerasVersion: number): Json {
  // The oldest files have the list of layers alone.
  const { layers = config, ...fields } = config
  // Keras 3 counts calls from 0, but those of a Functional model from 1 among outputs. In TF.js a model's first is its own making.
  const models = kerasVersion < 3 ? [] : (layers as Json[]).filter(isModel)
  const counted = countedFromOne(models)
  const countedEnd = countedFromOne(models.filter((layer) => layer.class_name === 'Sequential'))
  const translated = (layers as Json[]).map((layer) => translateEntry(layer, kerasVersion, counted))
  return {
    class_name: class_name === 'Functional' ? 'Model' : class_name,
    config: {
      ...fields,
      dtype: undefined,
      layers: translated,
      ...(fields.input_layers && { input_layers: endsOf(fields.input_layers).map(counted) }),
      ...(fields.output_layers && { output_layers: endsOf(fields.output_layers).map(countedEnd) }),
    },
  }
}

function countedFromOne(models: readonly Json[]): Count {
  const names = new Set(models.map(({ config }) => config.name))
  return ([layer, node, tensor]) => [layer, names.has(layer) ? node + 1 : node, tensor]
}

/** Inputs or outputs: Keras 3 writes one alone without the list around it, and several by name as an object. */
function endsOf(written: unknown): Place[] {
  if (!Array.isArray(written)) return Object.values(written as Json).flatMap(endsOf)
  return typeof written[0] === 'string' ? [written as unknown as Place] : written.flatMap(endsOf)
}

function translateEntry(entry: Json, kerasVersion: number, counted: Count): Json {
  const { class_name, config, name, inbound_nodes } = entry
  const calls = (inbound_nodes as unknown[] | undefined)?.map((node) => callOf(name, class_name, node))
  const nodes = calls && { inbound_nodes: calls.map(({ tensors }) => tensors.map(counted)) }
  const named = name === undefined ? {} : { name }
  if (isModel(entry)) return { ...named, ...translateModel(entry, kerasVersion), ...nodes }
  if (calls !== undefined && arithmeticNames.has(class_name) && isArithmetic(config, calls)) {
    return { ...named, ...arithmeticOf(class_name, name, calls), ...nodes }
  }
  for (const call of calls ?? []) refuseValues(`${name} (${class_name})`, call)
  return { ...named, ...translateSingle(class_name, config, kerasVersion), ...nodes }
}

function translateSingle(class_name: string, config: Json, kerasVersion: number): Json {
  const { batch_shape, dtype, ...rest } = config
  const label = `${config.name} (${class_name})`
  const own: Record<string, unknown> = { ...rest, dtype: dtypeOf(label, dtype) }
  if (batch_shape !== undefined) own.batch_input_shape = batch_shape
  for (const field of ['layer', 'backward_layer']) {
    const inner = own[field] as Json | undefined
    if (inner?.class_name === undefined) continue
    own[field] = isModel(inner)
      ? translateModel(inner, kerasVersion)
      : translateSingle(inner.class_name, inner.config, kerasVersion)
  }
  if (class_name === 'Bidirectional') refuseTwoKinds(label, own)
  const { className, fields } = translateLayer(class_name, own, kerasVersion)
  return { class_name: className, config: fields }
}

/** TF.js makes the backward layer of the forward one. */
function refuseTwoKinds(label: string, { layer, backward_layer }: Json): void {
  if (!backward_layer) return
  const shared = ({ class_name, config }: Json) =>
    JSON.stringify([
      class_name,
      Object.entries(config).filter(([field]) => field !== 'name' && field !== 'go_backwards'),
    ])
  if (shared(layer) !== shared(backward_layer)) throw kerasRefusal(label, 'has a backward layer of another kind')
}

/** Keras 3 writes policies. Those that mix precisions compute other numbers than float32. */
function dtypeOf(layer: string, dtype: unknown): string | undefined {
  const name = typeof dtype === 'object' && dtype !== null ? (dtype as Json).config?.name : dtype
  if (name === undefined || name === null) return undefined
  if (name === 'int64' || name === 'int32' || name === 'uint8') return 'int32'
  if (name === 'float32' || name === 'bool' || name === 'string') return name
  throw kerasRefusal(
    layer,
    `computes in ${name}`,
    "Make the model anew under keras.config.set_dtype_policy('float32'), take over its weights (set_weights) and convert that.",
  )
}

const isTensor = (value: unknown): value is Json => (value as Json | null)?.class_name === '__keras_tensor__'

/** One call of a layer: Keras 2 lists `[layer, node, tensor, kwargs]`, Keras 3 args and kwargs. */
function callOf(name: string, className: string, node: unknown): Call {
  const label = `${name} (${className})`
  if (Array.isArray(node)) {
    // A single tensor may stand without the list around it.
    const list = (typeof node[0] === 'string' ? [node] : node) as [string, number, number, Json?][]
    for (const [, , , named = {}] of list) refuseNamed(label, named)
    return { tensors: list.map(([layer, index, tensor]) => [layer, index, tensor]), positions: [] }
  }
  const { args, kwargs } = node as { args: unknown[]; kwargs: Json }
  refuseNamed(label, kwargs)
  const positions = args.flat()
  const tensors = positions.filter(isTensor).map(({ config }) => config.keras_history)
  return { tensors, positions }
}

/** What a call says by name means nothing when a model only runs, unless it is a tensor or switches training on. */
function refuseNamed(label: string, named: Json): void {
  // Layers that shrink or stretch images do not ask.
  const isDeaf = /\((Resizing|Rescaling)\)$/.test(label)
  for (const [argument, value] of Object.entries(named)) {
    if (value === null || value === false || (argument === 'training' && isDeaf)) continue
    throw kerasRefusal(label, `is called with ${argument}: ${isTensor(value) ? 'a tensor' : JSON.stringify(value)}`)
  }
}

function refuseValues(label: string, { positions }: Call): void {
  const value = positions.find((position) => !isTensor(position) && position !== null)
  if (value !== undefined) throw kerasRefusal(label, `is called with ${JSON.stringify(value)}`)
}

/** Layers have a dtype; functions of the same name have nothing but theirs. */
function isArithmetic(config: Json, calls: readonly Call[]): boolean {
  const isNumber = (position: unknown) => typeof position === 'number'
  return (
    config.dtype === undefined &&
    calls.some(({ positions }) => positions.length === 2) &&
    calls.every(({ positions }) => positions.every((position) => isNumber(position) || isTensor(position)))
  )
}

function arithmeticOf(operation: string, name: string, calls: readonly Call[]): Json {
  const [{ positions }] = calls as [Call]
  const [left, right] = positions.map((position) => (typeof position === 'number' ? position : null))
  return { class_name: 'KerasArithmetic', config: { name, operation, left, right } }
}
