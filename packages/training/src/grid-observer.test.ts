import {
  type Batch,
  type Dataset,
  drawnPort,
  imageField,
  type NDArray,
  ndarray,
  type Ports,
  pointsField,
  portOf,
} from '@gantry/core'
import { decodePng, drawRows, modalities } from '@gantry/modalities'
import { describe, expect, it } from 'vitest'
import { MemoryRecord } from './memory-record.ts'
import type { Arrays, Moment } from './observer.ts'
import { type GridOptions, gridObserver } from './observers/grid-observer.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { trainTiny } from './testing/tiny-run.ts'

interface ShownFunction {
  readonly name: string
  readonly inputs: Ports
  readonly outputs: Ports
  /** What it makes of its inputs, and of noise that it draws by name. */
  readonly make: (inputs: Arrays, draw: (name: string) => NDArray) => Arrays
}

/** A moment at which these functions are shown. */
function momentOf(functions: readonly ShownFunction[], step = 5): Moment {
  const program = undefined
  const model = {
    name: 'shown',
    phases: [],
    shown: functions.map(({ name }) => name),
    functions: functions.map(({ name, inputs, outputs }) => ({
      name,
      inputs,
      outputs,
      program,
      weights: 'ema' as const,
    })),
  }
  return {
    ...{ step, steps: 10, stageFrom: 0, scalars: {}, secondsElapsed: 1, samplesPerSecond: 1, model },
    readState: async () => ({}),
    evaluate: async (name, inputs, draw) => {
      const count = Object.values(inputs)[0]!.shape[0]!
      const source = { from: 'random', distribution: 'uniform' } as const
      const drawn = (noise: string) => draw!(noise, { dtype: 'float32', shape: [count, 1], source })
      return functions.find((each) => each.name === name)!.make(inputs, drawn)
    },
  }
}

/** The pictures that a grid of these functions writes. */
async function gridsOf(
  functions: readonly ShownFunction[],
  options: Partial<GridOptions> & Pick<GridOptions, 'dataset'>,
) {
  const record = new MemoryRecord()
  const observer = gridObserver({ every: 1, seed: 3, count: 4, ...options })
  const report = await observer.look(momentOf(functions))
  const events = await report!(record)
  expect(events).toEqual([...record.artefacts.keys()].map((path) => ({ type: 'sample', step: 5, path })))
  return record.artefacts
}

const latent = { latent: drawnPort('latent', [1], 'uniform') }
const shade = { image: imageField([1, 1, 1]) }
const samples = { samples: portOf({ ...shade.image, field: 'image' }) }

/** Images of one pixel, from -1 to 1. */
const pixels = (values: readonly number[]) => ({
  samples: ndarray('float32', [values.length, 1, 1, 1], Float32Array.from(values)),
})

/** The grey of the one pixel of each of four images, in a grid of two columns with 2 pixels around each. */
function greysOf(png: Uint8Array): number[] {
  const { width, channels, data } = decodePng(png)
  return [2, 5].flatMap((y) => [2, 5].map((x) => data[(y * width + x) * channels]!))
}

const numbersOf = ({ data }: NDArray) => Array.from(data, Number)

const greyOf = (value: number) => Math.round((value + 1) * 127.5)

describe('the grid observer', () => {
  it('draws grids of images, and points over real ones', async () => {
    const [images, points] = [new MemoryRecord(), new MemoryRecord()]
    const config = tinyConfig({ steps: 1 })
    await trainTiny(images, config, {}, [4, 6, 1])
    const grid = decodePng(images.artefacts.get('samples/000001.png')!.bytes)
    expect(grid).toMatchObject({ width: 3 * 8 + 2, height: 3 * 6 + 2, channels: 1 })
    await trainTiny(points, config)
    const plot = decodePng(points.artefacts.get('samples/000001.png')!.bytes)
    expect(plot).toMatchObject({ width: 480, height: 480, channels: 3 })
    expect(new Set(plot.data).size).toBeGreaterThan(3)
  })

  it('shows the same samples at every step', async () => {
    const record = new MemoryRecord()
    await trainTiny(record, tinyConfig({ steps: 2, sampleEvery: 1 }), { learningRate: 1e-30 }, [2, 2, 1])
    expect(record.artefacts.get('samples/000001.png')).toEqual(record.artefacts.get('samples/000002.png'))
    expect(new Set(record.artefacts.get('samples/000001.png')!.bytes).size).toBeGreaterThan(10)
  })

  it('draws each latent vector at the place of its sample', async () => {
    const make = (inputs: Arrays) => pixels(numbersOf(inputs.latent!))
    const dataset = tinyDataset([1, 1, 1])
    const grids = await gridsOf([{ name: 'generate', inputs: latent, outputs: samples, make }], { dataset })
    const drawn = drawRows({ name: 'latent', shape: [1], distribution: 'uniform' }, { seed: 3, from: 0, count: 4 })
    expect(greysOf(grids.get('samples/000005.png')!.bytes)).toEqual(numbersOf(drawn).map(greyOf))
  })

  it('gives a function the noise that it draws by name, sample by sample', async () => {
    const make = (_: Arrays, draw: (name: string) => NDArray) => pixels(numbersOf(draw('layer_noise')))
    const dataset = tinyDataset([1, 1, 1])
    const grids = await gridsOf([{ name: 'generate', inputs: latent, outputs: samples, make }], { dataset })
    const noise = drawRows({ name: 'layer_noise', shape: [1], distribution: 'uniform' }, { seed: 3, from: 0, count: 4 })
    expect(greysOf(grids.get('samples/000005.png')!.bytes)).toEqual(numbersOf(noise).map(greyOf))
  })

  it('feeds an image input from the data, and shows what went in, what came out, and what should have', async () => {
    const [a, b] = [
      [-1, -0.5, 0, 0.5],
      [1, 0.25, 1, -0.25],
    ]
    const dataset: Dataset = {
      ...tinyDataset([1, 1, 1]),
      fields: { a: shade.image, b: shade.image },
      async *batches({ batchSize }): AsyncGenerator<Batch> {
        expect(batchSize).toBe(4)
        yield { a: pixels(a!).samples, b: pixels(b!).samples }
      },
    }
    const translate: ShownFunction = {
      name: 'translate',
      inputs: { input: portOf({ ...shade.image, field: 'a' }) },
      outputs: { output: portOf({ ...shade.image, field: 'b' }) },
      make: ({ input }) => ({ output: pixels(numbersOf(input!).map((value) => -value)).samples }),
    }
    const grids = await gridsOf([translate], { dataset })
    const { width, data } = decodePng(grids.get('samples/000005.png')!.bytes)
    // Two cells a row, 10 pixels apart, of three images each: input, output, target.
    const greyAt = (index: number, part: number) =>
      data[(2 + 3 * Math.floor(index / 2)) * width + 2 + 17 * (index % 2) + 3 * part]
    const cells = a!.map((_, index) => [0, 1, 2].map((part) => greyAt(index, part)))
    expect(cells).toEqual(a!.map((value, index) => [value, -value, b![index]!].map(greyOf)))
  })

  it('writes a picture for every function that is shown', async () => {
    const own = (name: string, value: number): ShownFunction => ({
      ...{ name, inputs: latent, outputs: samples },
      make: ({ latent: rows }) => pixels(numbersOf(rows!).map(() => value)),
    })
    const grids = await gridsOf([own('generate', 0), own('reconstruct', 1)], { dataset: tinyDataset([1, 1, 1]) })
    expect([...grids.keys()]).toEqual(['samples/000005.png', 'samples/000005-reconstruct.png'])
    expect(greysOf(grids.get('samples/000005-reconstruct.png')!.bytes)).toEqual([255, 255, 255, 255])
  })

  it('shows a modality that a program brings itself, as that shows itself', async () => {
    const field = { ...pointsField([1]), modality: 'tune' }
    const tune = {
      ...modalities[0]!,
      name: 'tune',
      show: async ({ tune: part }: Readonly<Record<string, { values: NDArray }>>) => ({
        extension: 'mid',
        bytes: Uint8Array.from(part!.values.data, Number),
      }),
    }
    const make = () => ({ tune: ndarray('float32', [4, 1], Float32Array.of(1, 2, 3, 4)) })
    const inputs = { theme: { ...field, drawn: 'normal' as const } }
    const compose = { name: 'compose', inputs, outputs: { tune: field }, make }
    const dataset = tinyDataset([1, 1, 1])
    const grids = await gridsOf([compose], { dataset, registry: [...modalities, tune] })
    expect(grids.get('samples/000005.mid')!.bytes).toEqual(Uint8Array.of(1, 2, 3, 4))
  })

  it('says what it cannot show', async () => {
    const make = ({ latent: rows }: Arrays) => ({ code: rows! })
    const encode = { name: 'encode', inputs: latent, outputs: { code: drawnPort('latent', [1], 'normal') }, make }
    const observer = gridObserver({ every: 1, seed: 3, count: 4, dataset: tinyDataset([2]) })
    await expect(observer.look(momentOf([encode]))).rejects.toMatchObject({
      name: 'UnsupportedError',
      code: 'NOTHING_TO_SHOW',
      message: expect.stringContaining("'encode'"),
    })
  })
})
