import { float32, type NDArray } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { attribute, type Graph } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { randomGraph } from '../testing/random-graph.ts'
import { randomNetwork } from '../testing/random-network.ts'
import { integers, runGraph, sampleOf } from '../testing/run-graph.ts'
import { optimizeForInference } from './optimize-for-inference.ts'
import { optimizeGraph } from './optimize-graph.ts'

type Record = (builder: GraphBuilder, x: string) => void

const image = { dtype: 'float32', shape: ['n', 2, 3, 3] } as const

function build(record: Record, spec: { dtype: 'float32'; shape: readonly (number | string)[] } = image): Graph {
  const builder = new GraphBuilder('graph')
  record(builder, builder.input('x', spec))
  return builder.build()
}

function operators({ nodes }: Graph): string[] {
  return nodes.map(({ operator }) => operator)
}

/** Distinct numbers around zero. */
function numbers(...shape: readonly number[]): NDArray<'float32'> {
  const size = shape.reduce((product, length) => product * length, 1)
  return float32(
    shape,
    Array.from({ length: size }, (_, index) => ((index * 37) % 23) / 11 - 0.93),
  )
}

function expectClose(
  actual: { readonly [name: string]: NDArray },
  expected: { readonly [name: string]: NDArray },
): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { data, shape }] of Object.entries(expected)) {
    expect(actual[name]!.shape).toEqual(shape)
    const scale = Math.max(1, ...Array.from(data as Float32Array, Math.abs))
    const worst = Array.from(data as Float32Array).reduce(
      (most, value, index) => Math.max(most, Math.abs(Number(actual[name]!.data[index]) - value)),
      0,
    )
    expect(worst / scale, name).toBeLessThan(1e-5)
  }
}

/** Optimises, compares what ONNX Runtime computes before and after, and returns the smaller graph. */
async function optimized(graph: Graph): Promise<Graph> {
  const smaller = optimizeForInference(graph)
  expect([smaller.inputs, smaller.outputs]).toEqual([graph.inputs, graph.outputs])
  expect(optimizeForInference(smaller), 'a fixpoint').toEqual(smaller)
  const names = [
    ...smaller.inputs.map(({ name }) => name),
    ...smaller.initializers.keys(),
    ...smaller.nodes.flatMap(({ outputs }) => outputs),
  ]
  expect(new Set(names).size, 'names').toBe(names.length)
  expect(new Set(smaller.nodes.map(({ name }) => name)).size, 'names of nodes').toBe(smaller.nodes.length)
  for (const length of [1, 3]) {
    const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, sampleOf(input, length)]))
    expectClose(await runGraph(smaller, feeds), await runGraph(graph, feeds))
  }
  return smaller
}

describe('random graphs compute the same', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('any nodes, %i', async (seed) => {
    const graph = randomGraph(seed)
    const smaller = await optimized(graph)
    expect(smaller.nodes.length).toBeLessThanOrEqual(optimizeGraph(graph).nodes.length)
  })

  test.each(Array.from({ length: 60 }, (_, seed) => seed))('an image network, %i', async (seed) => {
    const graph = randomNetwork(seed)
    const smaller = await optimized(graph)
    const count = (own: Graph, operator: string) => operators(own).filter((each) => each === operator).length
    expect(count(smaller, 'Transpose')).toBeLessThanOrEqual(count(graph, 'Transpose'))
    const constants = new Set(smaller.initializers.keys())
    const outputs = new Set(smaller.outputs.map(({ name }) => name))
    for (const { inputs, outputs: written } of smaller.nodes) {
      if (!outputs.has(written[0]!)) expect(inputs.every((name) => constants.has(name))).toBe(false)
    }
  })
})

describe('constants', () => {
  test('a chain of constants becomes one, and takes the name of the weight in it', async () => {
    const graph = build((b, x) => {
      const gain = b.initializer('generator/gain', numbers(2))
      const scaled = b.node('Mul', [gain, b.constant(float32([], [0.5]))])
      b.output('y', b.node('Pow', [x, b.node('Reshape', [scaled, b.constant(integers(2, 1, 1))])]))
    })
    const smaller = await optimized(graph)
    expect(operators(smaller)).toEqual(['Pow'])
    expect([...smaller.initializers.keys()]).toEqual(['generator/gain'])
    const half = Float32Array.from(numbers(2).data, (value) => value / 2)
    expect(smaller.initializers.get('generator/gain')).toEqual(float32([2, 1, 1], half))
  })

  test('what would make the file larger stays', async () => {
    const graph = build((b, x) => {
      const zeros = b.node('ConstantOfShape', [b.constant(integers(100, 100))])
      const repeated = b.node('Expand', [b.constant(numbers(1, 100)), b.constant(integers(90, 100))])
      b.output(
        'a',
        b.node('ReduceSum', [
          b.node('Concat', [zeros, repeated], { axis: attribute.int(0) }),
          b.constant(integers(0, 1)),
        ]),
      )
      b.output('y', b.node('Neg', [x]))
    })
    const smaller = await optimized(graph)
    expect(operators(smaller)).toEqual(['ConstantOfShape', 'Expand', 'Concat', 'ReduceSum', 'Neg'])
    expect(Math.max(...[...smaller.initializers.values()].map(({ data }) => data.length))).toBe(100)
  })

  test('a weight is not stored twice for two ways to read it', async () => {
    const graph = build((b, x) => {
      const rows = b.node('Reshape', [x, b.constant(integers(-1, 18))])
      const encode = b.initializer('encode', numbers(18, 300))
      const hidden = b.node('Tanh', [b.node('Gemm', [rows, encode])])
      b.output('tied', b.node('Gemm', [hidden, b.node('Transpose', [encode])]))
      const other = b.initializer('other', numbers(300, 18))
      const turned = b.node('Transpose', [other])
      b.output('a', b.node('Gemm', [hidden, b.node('Neg', [other])]))
      b.output('b', b.node('Gemm', [rows, b.node('Tanh', [turned])]))
    })
    const bytes = (own: Graph) => [...own.initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
    const smaller = await optimized(graph)
    const onWeights = ['Transpose', 'Neg', 'Transpose', 'Tanh']
    expect(operators(smaller).sort()).toEqual([...onWeights, 'Gemm', 'Gemm', 'Gemm', 'Gemm', 'Reshape', 'Tanh'].sort())
    expect(bytes(smaller)).toBe(bytes(graph))
  })

  test('a large constant on the way to a small one is computed', async () => {
    const graph = build((b, x) => {
      const weight = b.initializer('weight', numbers(90, 90))
      const square = b.node('Mul', [weight, weight])
      const norm = b.node('Sqrt', [b.node('ReduceSum', [square], { keepdims: attribute.int(0) })])
      b.output('y', b.node('Pow', [x, norm]))
      b.output(
        'weights',
        b.node('Gemm', [
          b.node('Reshape', [x, b.constant(integers(-1, 18))]),
          b.node('Slice', [weight, b.constant(integers(0)), b.constant(integers(18))]),
        ]),
      )
    })
    expect(operators(await optimized(graph))).toEqual(['Pow', 'Reshape', 'Gemm'])
  })

  test('shapes that are known are no nodes', async () => {
    const graph = build((b, x) => {
      const shape = b.node('Shape', [x])
      const rows = b.node('Gather', [shape, b.constant(integers(2, 3))])
      const target = b.node('Concat', [b.constant(integers(-1)), rows], { axis: attribute.int(0) })
      b.output('y', b.node('Reshape', [x, target]))
    })
    expect(operators(await optimized(graph))).toEqual(['Reshape'])
  })
})

describe('parametric ReLU', () => {
  const recorded = (b: GraphBuilder, x: string, slope: string, zero = 0) =>
    b.node('Where', [b.node('Less', [x, b.constant(float32([], [zero]))]), b.node('Mul', [slope, x]), x])

  test('as it is recorded for gradients is one node, between transposes, too', async () => {
    const graph = build((b, x) => {
      const last = b.node('Transpose', [x], { perm: attribute.ints([0, 2, 3, 1]) })
      const bent = recorded(b, last, b.initializer('alpha', numbers(1, 1, 2)))
      b.output('y', b.node('Transpose', [bent], { perm: attribute.ints([0, 3, 1, 2]) }))
    })
    expect(operators(await optimized(graph))).toEqual(['PRelu'])
  })

  test.each([
    ['another threshold', 1, [2, 1, 1]],
    ['slopes that have more places than what is bent', 0, [2, 1, 2, 1, 1]],
  ] as const)('is no other choice: %s', async (_, zero, shape) => {
    const graph = build((b, x) => b.output('y', recorded(b, x, b.constant(numbers(...shape)), zero)))
    expect(operators(await optimized(graph))).toContain('Where')
  })
})

describe('affine chains', () => {
  const normalized = (b: GraphBuilder, value: string) => {
    const [gain, bias, mean] = [numbers(4), numbers(4), numbers(4)].map((array) => b.constant(array))
    return b.node('BatchNormalization', [value, gain, bias, mean, b.constant(float32([4], [1, 2, 3, 4]))] as string[])
  }

  test.each([
    ['Conv', [4, 2, 2, 2], 1],
    ['Conv', [4, 1, 2, 2], 2],
    ['ConvTranspose', [2, 4, 2, 2], 1],
    ['ConvTranspose', [2, 2, 2, 2], 2],
  ] as const)('%s %j in %i groups takes them over, in any order', async (operator, shape, group) => {
    const graph = build((b, x) => {
      let value = b.node(operator, [x, b.initializer('conv/kernel', numbers(...shape))], {
        group: attribute.int(group),
      })
      value = b.node('Sub', [value, b.constant(numbers(4, 1, 1))])
      value = normalized(b, value)
      value = b.node('Div', [value, b.constant(float32([1, 4, 1, 1], [1, 2, 3, 4]))])
      value = b.node('Sub', [b.constant(float32([], [0.25])), value])
      b.output('y', b.node('Relu', [value]))
    })
    const smaller = await optimized(graph)
    expect(operators(smaller)).toEqual([operator, 'Relu'])
    expect([...smaller.initializers.keys()]).toEqual(['conv/kernel', 'conv/bias'])
  })

  test('in closed form: 3·(2x + 1) - 2 = 6x + 1', () => {
    const graph = build(
      (b, x) => {
        const product = b.node('Gemm', [
          x,
          b.initializer('dense/kernel', float32([1, 1], [2])),
          b.initializer('dense/bias', float32([1], [1])),
        ])
        b.output(
          'y',
          b.node('Sub', [b.node('Mul', [product, b.constant(float32([], [3]))]), b.constant(float32([1], [2]))]),
        )
      },
      { dtype: 'float32', shape: ['n', 1] },
    )
    const smaller = optimizeForInference(graph)
    expect(operators(smaller)).toEqual(['Gemm'])
    expect(Object.fromEntries(smaller.initializers)).toEqual({
      'dense/kernel': float32([1, 1], [6]),
      'dense/bias': float32([1], [1]),
    })
  })

  test('a value that others read keeps its numbers', async () => {
    const graph = build((b, x) => {
      const convolved = b.node('Conv', [x, b.constant(numbers(4, 2, 2, 2))])
      b.output('y', b.node('Add', [normalized(b, convolved), b.node('Tanh', [convolved])]))
    })
    expect(operators(await optimized(graph))).toEqual(['Conv', 'BatchNormalization', 'Tanh', 'Add'])
  })

  test('what is no number a channel, or repeats the image, stays', async () => {
    const graph = build((b, x) => {
      const convolve = () => b.node('Conv', [x, b.constant(numbers(4, 2, 3, 3))])
      b.output('a', b.node('Add', [convolve(), b.constant(numbers(5, 1, 1, 1))]))
      b.output('b', b.node('Mul', [b.node('Conv', [x, b.constant(numbers(4, 2, 2, 2))]), b.constant(numbers(2, 2))]))
      b.output('c', b.node('Div', [b.node('Conv', [x, b.constant(numbers(2, 2, 2, 2))]), b.constant(float32([], [0]))]))
    })
    expect(operators(await optimizeForInference(graph)).filter((each) => each !== 'Conv')).toEqual([
      'Add',
      'Mul',
      'Div',
    ])
  })

  test('before a product they go into its weight; a padded convolution takes scales, but no shifts', async () => {
    const graph = build((b, x) => {
      const scaled = () =>
        b.node('Add', [b.node('Mul', [x, b.constant(numbers(2, 1, 1))]), b.constant(numbers(1, 2, 1, 1))])
      b.output('bare', b.node('Conv', [scaled(), b.initializer('bare/kernel', numbers(4, 2, 2, 2))]))
      b.output(
        'padded',
        b.node('Conv', [b.node('Neg', [scaled()]), b.initializer('padded/kernel', numbers(3, 2, 2, 2))], {
          pads: attribute.ints([1, 1, 1, 1]),
        }),
      )
      const flat = b.node('Reshape', [x, b.constant(integers(-1, 18))])
      const dense = b.node('Add', [b.node('Mul', [flat, b.constant(numbers(18))]), b.constant(numbers(18))])
      b.output('dense', b.node('MatMul', [dense, b.initializer('dense/kernel', numbers(18, 2))]))
    })
    const smaller = await optimized(graph)
    expect(operators(smaller).sort()).toEqual(['Add', 'Conv', 'Conv', 'Gemm', 'Mul', 'Reshape'])
  })
})

test('pictures are scaled inside the first convolution, behind the transpose', async () => {
  const graph = build(
    (b, x) => {
      const scaled = b.node('Sub', [b.node('Div', [x, b.constant(float32([], [127.5]))]), b.constant(numbers(2))])
      const turned = b.node('Transpose', [scaled], { perm: attribute.ints([0, 3, 1, 2]) })
      b.output('y', b.node('Conv', [turned, b.initializer('conv/kernel', numbers(4, 2, 2, 2))]))
    },
    { dtype: 'float32', shape: ['n', 3, 3, 2] },
  )
  const smaller = await optimized(graph)
  expect(operators(smaller)).toEqual(['Transpose', 'Conv'])
  expect([...smaller.initializers.keys()]).toEqual(['conv/kernel', 'conv/bias'])
})

describe('transposes and reshapes', () => {
  const last = { perm: attribute.ints([0, 2, 3, 1]) }
  const first = { perm: attribute.ints([0, 3, 1, 2]) }

  test('pairs that meet through elementwise nodes and Concat cancel', async () => {
    const graph = build((b, x) => {
      const a = b.node('Add', [b.node('Transpose', [b.node('Tanh', [x])], last), b.constant(numbers(3, 1, 2))])
      const c = b.node('Relu', [b.node('Transpose', [b.node('Exp', [x])], last)])
      const joined = b.node('Softmax', [b.node('Concat', [a, c], { axis: attribute.int(3) })], {
        axis: attribute.int(-1),
      })
      b.output('y', b.node('Transpose', [joined], first))
    })
    expect(operators(await optimized(graph))).not.toContain('Transpose')
  })

  test('through Pad, Slice and reductions, too', async () => {
    const graph = build((b, x) => {
      const turned = b.node('Transpose', [x], last)
      const padded = b.node('Pad', [turned, b.constant(integers(0, 1, 2, 0, 0, 0, 1, 3))])
      const cut = b.node('Slice', [
        padded,
        b.constant(integers(0, 1)),
        b.constant(integers(2, 4)),
        b.constant(integers(1, -1)),
      ])
      const mean = b.node('ReduceMean', [cut], { axes: attribute.ints([1]), keepdims: attribute.int(0) })
      b.output('y', b.node('Transpose', [mean], { perm: attribute.ints([0, 2, 1]) }))
    })
    expect(operators(await optimized(graph))).toEqual(['Pad', 'Slice', 'ReduceMean'])
  })

  test('one that would only move stays where it is', async () => {
    const graph = build((b, x) => {
      b.output('y', b.node('Tanh', [b.node('Transpose', [x], last)]))
      b.output('z', b.node('Sin', [b.node('Transpose', [x], first)]))
    })
    expect(operators(await optimized(graph))).toEqual(['Transpose', 'Tanh', 'Transpose', 'Sin'])
  })

  test('weights take over those beside flattened images', async () => {
    const graph = build((b, x) => {
      const flat = b.node('Reshape', [b.node('Transpose', [x], last), b.constant(integers(-1, 18))])
      const dense = b.node('Gemm', [flat, b.initializer('kernel', numbers(18, 24)), b.constant(numbers(24))])
      const picture = b.node('Reshape', [b.node('Tanh', [dense]), b.constant(integers(-1, 2, 3, 4))])
      b.output('y', b.node('Transpose', [picture], first))
    })
    expect(operators(await optimized(graph))).toEqual(['Reshape', 'Gemm', 'Tanh', 'Reshape'])
  })

  test('two become one in the right order', async () => {
    const graph = build((b, x) => {
      const turned = b.node('Transpose', [x], { perm: attribute.ints([1, 2, 0, 3]) })
      b.output('y', b.node('Transpose', [turned], { perm: attribute.ints([0, 2, 3, 1]) }))
    })
    const smaller = await optimized(graph)
    expect(smaller.nodes.map(({ attributes }) => attributes)).toEqual([{ perm: attribute.ints([1, 0, 3, 2]) }])
  })

  test('reshapes that copy lengths from the shape before stay', async () => {
    const graph = build((b, x) => {
      const rows = b.node('Reshape', [x, b.constant(integers(-1, 3))])
      b.output('y', b.node('Reshape', [rows, b.constant(integers(0, 3, 1))]))
    })
    expect(operators(await optimized(graph))).toEqual(['Reshape', 'Reshape'])
  })

  test('what treats rows apart is no place to move a reshape', async () => {
    const graph = build((b, x) => {
      const rows = b.node('Reshape', [x, b.constant(integers(-1, 9, 2))])
      const shifted = b.node('Add', [b.node('Tanh', [rows]), b.constant(numbers(9, 1))])
      b.output('y', b.node('Reshape', [shifted, b.constant(integers(-1, 18))]))
    })
    expect(operators(await optimized(graph))).toEqual(['Tanh', 'Reshape', 'Add', 'Reshape'])
  })
})

describe('resizing', () => {
  /** Rows that double and columns that grow from 3, for any number of pictures. */
  const resized = (x: string, b: GraphBuilder, columns: number, mode: string) => {
    const batch = b.node('Gather', [b.node('Shape', [x]), b.constant(integers(0))])
    const target = b.node('Concat', [batch, b.constant(integers(2, 6, columns))], { axis: attribute.int(0) })
    return b.node('Resize', [x, undefined, undefined, target], {
      mode: attribute.string(mode),
      coordinate_transformation_mode: attribute.string('half_pixel'),
    })
  }

  test.each(['nearest', 'linear'])('a %s target that is computed becomes constant scales', async (mode) => {
    const smaller = await optimized(build((b, x) => b.output('y', resized(x, b, 4, mode))))
    expect(operators(smaller)).toEqual(['Resize'])
    expect([...smaller.initializers.values()]).toEqual([float32([4], [1, 1, 2, 4 / 3])])
  })
})

test('a target that a scale would miss by rounding stays', async () => {
  const graph = build((b, x) => {
    const batch = b.node('Gather', [b.node('Shape', [x]), b.constant(integers(0))])
    // In float64, 3 times 7/3 in float32 is 6.9999998.
    const target = b.node('Concat', [batch, b.constant(integers(2, 6, 7))], { axis: attribute.int(0) })
    b.output('y', b.node('Resize', [x, undefined, undefined, target]))
  })
  expect(operators(await optimized(graph))).toEqual(['Shape', 'Gather', 'Concat', 'Resize'])
})

test('relu6 of TF.js layers is one Clip', async () => {
  const clipped = (low: number) => (b: GraphBuilder, x: string) =>
    b.output('y', b.node('Clip', [b.node('Relu', [x]), b.constant(float32([], [low])), b.constant(float32([], [6]))]))
  expect(operators(await optimized(build(clipped(0))))).toEqual(['Clip'])
  expect(operators(await optimized(build(clipped(-1))))).toEqual(['Relu', 'Clip'])
})

test('names that somebody gave stay, others are numbered in order', async () => {
  const graph = build((b, x) => {
    b.node('Abs', [x])
    const hidden = b.node('Sin', [b.node('Abs', [x])], {}, { name: 'encoder/hidden' })
    const [left, right] = b.nodes('Split', [b.node('Cos', [hidden])], 2, { axis: attribute.int(1) }) as [string, string]
    b.output('Sub_7', b.node('Sub', [right, left]))
  })
  const { nodes } = await optimized(graph)
  expect(nodes.map(({ name, outputs }) => [name, ...outputs])).toEqual([
    ['Abs_0', 'Abs_0'],
    ['encoder/hidden', 'encoder/hidden'],
    ['Cos_0', 'Cos_0'],
    ['Split_0', 'Split_0_0', 'Split_0_1'],
    ['Sub_0', 'Sub_7'],
  ])
})
