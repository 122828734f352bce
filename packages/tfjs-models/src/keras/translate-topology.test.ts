import { describe, expect, it } from 'vitest'
import { translateTopology } from './translate-topology.ts'

type Config = Readonly<Record<string, unknown>>

const tensor = (layer: string, node = 0) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 4], dtype: 'float32', keras_history: [layer, node, 0] },
})

/** A model of one layer, as Keras 3 writes it. */
function model(class_name: string, config: Config, inbound: object = { args: [tensor('x')], kwargs: {} }) {
  const layers = [
    {
      class_name: 'InputLayer',
      name: 'x',
      config: { name: 'x', batch_shape: [null, 4], dtype: 'float32' },
      inbound_nodes: [],
    },
    { class_name, name: 'own', config: { name: 'own', dtype: 'float32', ...config }, inbound_nodes: [inbound] },
  ]
  const model_config = {
    class_name: 'Functional',
    config: { name: 'small', layers, input_layers: ['x', 0, 0], output_layers: ['own', 0, 0] },
  }
  return { keras_version: '3.15.1', model_config }
}

const translated = (topology: object, version = 3) => translateTopology(topology, version).model_config.config
const layer = (class_name: string, config: Config, version?: number) =>
  translated(model(class_name, config), version).layers[1]

describe('a topology of Keras 3', () => {
  it('becomes what TF.js reads', () => {
    const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } }
    const { layers, input_layers, output_layers } = translated(model('Dense', { units: 2, dtype: policy }))
    expect(layers[0].config).toMatchObject({ batch_input_shape: [null, 4], dtype: 'float32' })
    expect(layers[1]).toMatchObject({
      class_name: 'Dense',
      config: { units: 2, dtype: 'float32' },
      inbound_nodes: [[['x', 0, 0]]],
    })
    expect([input_layers, output_layers]).toEqual([[['x', 0, 0]], [['own', 0, 0]]])
  })

  it('has the layers that compute what Keras means', () => {
    expect(layer('LeakyReLU', { negative_slope: 0.1 }).config.alpha).toBe(0.1)
    expect(layer('ReLU', { threshold: 1 }).class_name).toBe('KerasReLU')
    expect(layer('UpSampling2D', { size: [2, 2], interpolation: 'bilinear' }).class_name).toBe('KerasUpSampling')
    expect(layer('GRU', { units: 2 }).class_name).toBe('KerasGRU')
    expect(layer('GRU', { units: 2, reset_after: false }).class_name).toBe('GRU')
    expect(layer('Conv2D', { filters: 4, groups: 2 }).class_name).toBe('KerasConv')
    expect(layer('Conv2D', { filters: 4, groups: 1 }).class_name).toBe('Conv2D')
    expect(layer('Dense', { activation: 'hard_sigmoid' }).config.activation).toBe('keras_hard_sigmoid')
    expect(layer('Dense', { activation: 'hard_sigmoid' }, 2).config.activation).toBe('hard_sigmoid')
  })

  it('counts the calls of inner models from one, as they are counted among its outputs already', () => {
    const outer = (class_name: string, output: number) => {
      const inner = { ...model('Dense', { units: 2 }).model_config, class_name, name: 'inner' }
      const [x] = inner.config.layers
      const call = { args: [tensor('x')], kwargs: {} }
      const layers = [x, { ...inner, config: { ...inner.config, name: 'inner' }, inbound_nodes: [call] }]
      const config = { name: 'outer', layers, input_layers: ['x', 0, 0], output_layers: [['inner', output, 0]] }
      return translated({ keras_version: '3.15.1', model_config: { class_name: 'Functional', config } }).output_layers
    }
    expect(outer('Functional', 1)).toEqual([['inner', 1, 0]])
    expect(outer('Sequential', 0)).toEqual([['inner', 1, 0]])
  })

  it('may call functions of numbers', () => {
    const { layers } = translated(model('Multiply', { dtype: undefined }, { args: [2, tensor('x')], kwargs: {} }))
    expect(layers[1]).toMatchObject({
      class_name: 'KerasArithmetic',
      config: { operation: 'Multiply', left: 2, right: null },
    })
  })

  it('leaves layers of others as they are', () => {
    expect(layer('Wobble', { amount: 3 })).toMatchObject({ class_name: 'Wobble', config: { amount: 3 } })
  })
})

describe('a topology of Keras that would come out as other numbers is refused, naming the field:', () => {
  it.each<[string, Config, RegExp]>([
    ['UpSampling2D', { size: [2, 2], interpolation: 'bicubic' }, /own \(UpSampling2D\) has interpolation: "bicubic"/],
    ['UpSampling2D', { size: [2, 2], data_format: 'channels_first' }, /data_format: "channels_first"/],
    ['Resizing', { height: 2, width: 2, antialias: true }, /antialias: true/],
    ['Conv2DTranspose', { filters: 2, dilation_rate: [2, 2] }, /dilation_rate: \[2,2\]/],
    ['LayerNormalization', { rms_scaling: true }, /rms_scaling: true/],
    ['Dense', { units: 2, lora_rank: 4 }, /lora_rank: 4/],
    ['Dense', { units: 2, quantization_config: { mode: 'int8' } }, /quantization_config/],
    [
      'Dense',
      { units: 2, dtype: { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } } },
      /computes in mixed_float16/,
    ],
    ['Dense', { units: 2, activation: 'glu' }, /activation "glu"/],
    ['Activation', { activation: { class_name: 'function', config: 'mine' } }, /activation \{/],
    ['GroupNormalization', { groups: 2, axis: 1 }, /axis: 1/],
    ['MultiHeadAttention', { num_heads: 2 }, /another form.*/],
  ])('%s %j', (className, config, message) => {
    expect(() => layer(className, config)).toThrow(
      expect.objectContaining({ code: 'KERAS_LAYER_UNSUPPORTED', message: expect.stringMatching(message) }),
    )
  })

  it.each<[object, RegExp]>([
    [{ args: [tensor('x')], kwargs: { training: true } }, /is called with training: true/],
    [{ args: [tensor('x')], kwargs: { mask: tensor('x') } }, /is called with mask: a tensor/],
    [{ args: [tensor('x'), 3], kwargs: {} }, /is called with 3/],
  ])('a call with %j', (inbound, message) => {
    expect(() => translated(model('Dropout', { rate: 0.5 }, inbound))).toThrow(message)
  })

  it('a backward layer of another kind', () => {
    const inner = (units: number) => ({ class_name: 'LSTM', config: { name: 'inner', units } })
    expect(() => layer('Bidirectional', { layer: inner(2), backward_layer: inner(3) })).toThrow(/backward layer/)
  })
})
