import type { UnsupportedError } from '@gantry/core'
import { programError } from '../errors.ts'
import type { GraphNode } from './dynamic-nodes.ts'

/** An attribute as the model's JSON has it: bytes as base64, or as codes in older files, and numbers that are long as text. */
interface Attribute {
  readonly s?: string | readonly number[]
  readonly i?: string | number
  readonly b?: boolean
  readonly f?: number
  readonly list?: { readonly i?: readonly (string | number)[]; readonly s?: readonly (string | readonly number[])[] }
}

const decode = (bytes: string | readonly number[] = '') =>
  typeof bytes === 'string' ? atob(bytes) : String.fromCharCode(...bytes)

/** What TF.js passes over in a node, and computes other numbers than TensorFlow without a word; undefined where it reads all. */
function misreading({ op, rawAttrs = {} }: GraphNode): string | undefined {
  const attributes = rawAttrs as Readonly<Record<string, Attribute>>
  const numbers = (name: string) => attributes[name]?.list?.i?.map(Number) ?? []
  const format = decode(attributes.data_format?.s)
  // That of DepthToSpace is read.
  if (format.startsWith('NC') && op !== 'DepthToSpace') return `has data_format ${format}`
  switch (op) {
    case 'MatrixBandPart':
      return 'has a number of diagonals above'
    case 'Mod':
      return 'rounds toward zero'
    case 'Div':
      return (rawAttrs as { T?: { type?: string } }).T?.type === 'DT_INT32' ? 'rounds toward zero' : undefined
    case 'OneHot': {
      const axis = Number(attributes.axis?.i ?? -1)
      return axis === -1 ? undefined : `has axis ${axis}`
    }
    case 'FakeQuantWithMinMaxVars':
      return 'rounds to the steps of a quantisation'
    case 'FusedBatchNorm':
    case 'FusedBatchNormV2':
    case 'FusedBatchNormV3':
      return attributes.is_training?.b === true ? 'has is_training true' : undefined
    case 'Conv2DBackpropInput':
      return numbers('dilations').some((step) => step !== 1) ? `has dilations ${numbers('dilations')}` : undefined
    case 'AvgPool':
    case 'AvgPool3D':
    case 'MaxPool':
    case 'MaxPool3D': {
      const window = numbers('ksize')
      return (window[0] ?? 1) !== 1 || (window.at(-1) ?? 1) !== 1 ? `has ksize ${window}` : undefined
    }
    case '_FusedConv2D':
    case '_FusedMatMul':
    case 'FusedDepthwiseConv2dNative':
      return misreadFusion(op, attributes)
    default:
      return undefined
  }
}

/** TF.js takes the first of a fusion for the bias and the second for the activation, and drops what follows. */
function misreadFusion(op: string, attributes: Readonly<Record<string, Attribute>>): string | undefined {
  const fused = attributes.fused_ops?.list?.s?.map(decode) ?? []
  const isSlope = op === 'FusedDepthwiseConv2dNative' && fused.includes('LeakyRelu')
  const isLost = fused.length > 2 || (fused.length === 1 && fused[0] !== 'BiasAdd')
  if (isLost) return `has fused_ops ${fused.join(', ')}`
  return isSlope ? 'has fused_ops LeakyRelu, with a slope of its own' : undefined
}

/** Numbers drawn anew at every run, or by a seed that TF.js draws other numbers from. */
const isRandom = (op: string) => /^(Stateless)?(Random|ParameterizedTruncated|Truncated|Multinomial)/.test(op)

/**
 * Refuses a node of which TF.js would compute something else than TensorFlow, and what draws numbers: these would be the same ones at
 * every run of the exported model. Operations that were registered with TF.js are taken at their word.
 *
 * @throws UnsupportedError `NODE_MISREAD`, `RANDOM_CONSTANT`
 */
export function refuseMisread(model: string, node: GraphNode): void {
  const { name, op, category } = node
  if (category === 'custom') return
  if (isRandom(op)) throw randomRefusal(model, node)
  const detail = misreading(node)
  if (detail === undefined) return
  throw programError(
    'NODE_MISREAD',
    `${model} would come out with other numbers than TensorFlow's: its node '${name}' (${op}) ${detail}, which TF.js does not read.`,
    op.startsWith('FusedBatchNorm')
      ? 'Freeze it first, so that it uses the statistics that it has learnt: export the model for inference (training=False when it is called, model.trainable = False in Keras, freeze_graph in TensorFlow 1), and convert it again.'
      : `Write that step in another way in the TensorFlow model and convert it again (channels last, steps of basic arithmetic), or register '${op}' with TF.js before the model is loaded: registerOp of @tensorflow/tfjs-converter.`,
  )
}

function randomRefusal(model: string, { name, op }: GraphNode): UnsupportedError {
  return programError(
    'RANDOM_CONSTANT',
    `${model} draws random numbers: its node '${name}' is of the kind ${op}. The exported model would have the same ones at every run.`,
    'Make the noise an input of the TensorFlow model, or leave it out where the model only runs, and convert it again.',
  )
}
