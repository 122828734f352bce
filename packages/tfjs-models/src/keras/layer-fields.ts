import { activationName } from './activations.ts'
import { kerasRefusal } from './refusal.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON that Keras wrote
export type Fields = Readonly<Record<string, any>>

/** A layer as TF.js is to read it. */
export interface TranslatedLayer {
  readonly className: string
  readonly fields: Fields
}

/** What is known of a kind of layer. */
interface LayerRule {
  /** Fields that TF.js, or the layer that takes its place, honours. */
  readonly reads: string
  /** Fields that mean nothing when a model only runs. */
  readonly training?: string
  /** What other fields must be for the numbers to be Keras's. */
  readonly only?: Fields
  /** Another layer in its place, or other fields. */
  readonly as?: (fields: Fields) => TranslatedLayer | undefined
}

const CONVOLUTION = 'filters kernel_size strides padding data_format dilation_rate activation use_bias'
const POOLING = 'pool_size strides padding data_format'
const RECURRENT =
  'units activation recurrent_activation use_bias return_sequences return_state go_backwards stateful unroll unit_forget_bias cell_activation'
const RECURRENT_TRAINING = 'dropout recurrent_dropout implementation zero_output_for_mask input_length'

const lasts = { data_format: 'channels_last' }
const becomes =
  (className: string, more: Fields = {}) =>
  (fields: Fields) => ({ className, fields: { ...fields, ...more } })
const identity: LayerRule = {
  reads: '',
  training:
    'rate stddev noise_shape l1 l2 alpha mean_scale factor height_factor width_factor fill_mode interpolation fill_value mode value_range data_format sigma lower upper bounding_box_format',
  as: ({ name }) => ({ className: 'Activation', fields: { name, activation: 'linear' } }),
}
const recurrent = (as?: LayerRule['as']): LayerRule => ({
  reads: RECURRENT,
  training: RECURRENT_TRAINING,
  only: { time_major: false },
  ...(as && { as }),
})
const globalPooling = (className: string): LayerRule => ({ reads: 'keepdims', only: lasts, as: becomes(className) })
const convTranspose = (reads: string): LayerRule => ({
  reads: `${reads} output_padding`,
  only: { groups: 1, dilation_rate: 1, ...lasts },
  as: becomes('KerasConvTranspose'),
})
const upSampling = (interpolations: readonly string[]): LayerRule => ({
  reads: 'size',
  only: { ...lasts, interpolation: interpolations },
  as: becomes('KerasUpSampling'),
})
const space = (className: string, field: string): LayerRule => ({ reads: field, only: lasts, as: becomes(className) })
const TRANSPOSED = 'filters kernel_size strides padding activation use_bias'

const rules: Readonly<Record<string, LayerRule>> = {
  Activation: { reads: 'activation' },
  Add: { reads: '' },
  Average: { reads: '' },
  ...byRank('AveragePooling', [1, 2, 3], { reads: POOLING }),
  BatchNormalization: {
    reads: 'axis momentum epsilon center scale',
    training: 'synchronized renorm renorm_clipping renorm_momentum fused virtual_batch_size adjustment',
    as: (fields) => becomes('BatchNormalization', { axis: single(fields.axis) })(fields),
  },
  Bidirectional: { reads: 'merge_mode layer backward_layer' },
  Concatenate: { reads: 'axis' },
  ...byRank('Conv', [1, 2, 3], { reads: `${CONVOLUTION} groups`, as: otherConvolution }),
  ...byRank('Conv', [1, 2, 3], convTranspose(TRANSPOSED), 'Transpose'),
  ...byRank('Cropping', [1, 2, 3], space('KerasCropping', 'cropping')),
  Dense: { reads: 'units activation use_bias' },
  DepthwiseConv2D: { reads: `${CONVOLUTION} depth_multiplier`, only: { groups: 1 } },
  Dot: { reads: 'axes normalize' },
  Dropout: { reads: 'rate', training: 'noise_shape' },
  ELU: { reads: 'alpha', as: becomes('KerasELU') },
  Embedding: { reads: 'input_dim output_dim mask_zero input_length' },
  Flatten: { reads: '', only: lasts },
  ...byRank('GlobalAveragePooling', [1, 2, 3], globalPooling('KerasGlobalAveragePooling')),
  ...byRank('GlobalMaxPooling', [1, 2, 3], globalPooling('KerasGlobalMaxPooling')),
  GroupNormalization: {
    reads: 'groups epsilon center scale',
    only: { axis: -1 },
    as: becomes('KerasGroupNormalization'),
  },
  GRU: {
    ...recurrent((fields) => (fields.reset_after === false ? undefined : becomes('KerasGRU')(fields))),
    reads: `${RECURRENT} reset_after`,
  },
  InputLayer: { reads: 'batch_input_shape', training: 'sparse ragged optional' },
  LayerNormalization: { reads: 'axis epsilon center scale', only: { rms_scaling: false } },
  LeakyReLU: {
    reads: 'negative_slope alpha',
    as: ({ name, negative_slope, alpha = 0.3 }) => ({
      className: 'LeakyReLU',
      fields: { name, alpha: negative_slope ?? alpha },
    }),
  },
  LSTM: recurrent(),
  Masking: { reads: 'mask_value' },
  Maximum: { reads: '' },
  ...byRank('MaxPooling', [1, 2, 3], { reads: POOLING }),
  Minimum: { reads: '' },
  Multiply: { reads: '' },
  Permute: { reads: 'dims' },
  PReLU: { reads: 'shared_axes' },
  ReLU: { reads: 'max_value negative_slope threshold', as: becomes('KerasReLU') },
  RepeatVector: { reads: 'n' },
  Rescaling: { reads: 'scale offset', as: becomes('KerasRescaling') },
  Reshape: { reads: 'target_shape' },
  Resizing: {
    reads: 'height width',
    only: {
      ...lasts,
      interpolation: ['bilinear', 'nearest'],
      crop_to_aspect_ratio: false,
      pad_to_aspect_ratio: false,
      antialias: false,
    },
    training: 'fill_mode fill_value',
    as: becomes('KerasResizing'),
  },
  SeparableConv2D: { reads: `${CONVOLUTION} depth_multiplier`, only: { groups: 1 } },
  SimpleRNN: recurrent(),
  Softmax: { reads: 'axis', as: (fields) => becomes('Softmax', { axis: single(fields.axis) })(fields) },
  Subtract: { reads: '', as: becomes('KerasSubtract') },
  ThresholdedReLU: { reads: 'theta' },
  TimeDistributed: { reads: 'layer' },
  ...byRank('UpSampling', [1, 3], upSampling(['nearest'])),
  UpSampling2D: upSampling(['nearest', 'bilinear']),
  ...byRank('ZeroPadding', [1, 2, 3], space('KerasZeroPadding', 'padding')),
  ...Object.fromEntries(
    [
      ...['ActivityRegularization', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise', 'Identity', 'RandomBrightness'],
      ...['RandomContrast', 'RandomFlip', 'RandomRotation', 'RandomTranslation', 'RandomZoom'],
      ...['SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D'],
    ].map((name) => [name, identity]),
  ),
}

/** Fields of every layer that mean nothing when a model only runs. */
const EVERYWHERE =
  /^(name|trainable|dtype|seed|batch_input_shape|build_config|batch_size|input_dtype|autocast|dynamic)$|_(initializer|regularizer|constraint)$/

/** Other layers that TF.js has, and reads in another way or not from a file of Keras. */
const unread = new Set([
  'CenterCrop',
  'ConvLSTM2D',
  'EinsumDense',
  'CategoryEncoding',
  'MultiHeadAttention',
  'RNN',
  'RandomHeight',
  'RandomWidth',
  'StackedRNNCells',
])

/** TF.js ignores groups of channels, and throws at padding by what came before. */
function otherConvolution(fields: Fields): TranslatedLayer | undefined {
  const { groups = 1, padding, data_format = 'channels_last', name } = fields
  if (groups === 1 && padding !== 'causal') return undefined
  if (data_format !== 'channels_last') throw kerasRefusal(name, `has data_format: ${JSON.stringify(data_format)}`)
  return { className: 'KerasConv', fields }
}

function byRank(name: string, ranks: readonly number[], rule: LayerRule, end = ''): Record<string, LayerRule> {
  return Object.fromEntries(ranks.map((rank) => [`${name}${rank}D${end}`, rule]))
}

/** Keras 2 may write one axis as a list. */
function single(axis: number | readonly number[] | undefined): number | undefined {
  return Array.isArray(axis) && axis.length === 1 ? axis[0] : (axis as number | undefined)
}

/**
 * The layer of TF.js, or of Gantry, that computes what Keras means. Kinds of layers that nobody here knows are left as they are:
 * modules of users may register them.
 *
 * @throws UnsupportedError `KERAS_LAYER_UNSUPPORTED` naming the field that would be ignored
 */
export function translateLayer(className: string, fields: Fields, kerasVersion: number): TranslatedLayer {
  const label = `${fields.name} (${className})`
  if (unread.has(className)) throw kerasRefusal(label, 'is of a kind that TF.js has in another form')
  const rule = rules[className]
  if (rule === undefined) return { className, fields }
  const { reads, training = '', only = {}, as } = rule
  const known = new Set(`${reads} ${training}`.split(' '))
  for (const [field, value] of Object.entries(fields)) {
    if (known.has(field) || EVERYWHERE.test(field) || value === null || value === undefined) continue
    if (field in only ? !isOneOf(value, only[field]) : value !== false)
      throw kerasRefusal(label, `has ${field}: ${JSON.stringify(value)}`)
  }
  const named = { ...fields }
  for (const field of ['activation', 'recurrent_activation']) {
    if (known.has(field) && fields[field] != null)
      named[field] = translateActivation(label, fields[field], kerasVersion)
  }
  return as?.(named) ?? { className, fields: named }
}

/** Whether a field is what it must be: for each axis, where it is a list. */
function isOneOf(value: unknown, allowed: unknown): boolean {
  return [value].flat().every((each) => [allowed].flat().includes(each))
}

function translateActivation(layer: string, activation: unknown, kerasVersion: number): string {
  const name = typeof activation === 'string' ? activationName(activation, kerasVersion) : undefined
  if (name === undefined) throw kerasRefusal(layer, `has the activation ${JSON.stringify(activation)}`)
  return name
}
