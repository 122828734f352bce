import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ndarray, type Port } from '@gantry/core'
import { decodePng } from '@gantry/modalities'
import { type Arrays, generate } from '@gantry/training'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedGenerator, loadGenerator } from '../generators/load-generator.ts'
import { writeStyleModels } from '../testing/tiny-style-models.ts'
import { readDirections, writeDirections } from './directions-file.ts'
import { editedGenerator } from './edited-generator.ts'
import { parseEdit, parseLayers } from './edits.ts'
import { findDirections } from './find-directions.ts'
import { openStyleModel } from './style-model.ts'
import { writeMixing, writeStrips } from './write-sheets.ts'
import { writeWalk } from './write-walk.ts'

let root: string
let generator: LoadedGenerator
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-styles-'))
  generator = await loadGenerator(await writeStyleModels(root))
})
afterAll(async () => {
  await generator.dispose()
  await rm(root, { recursive: true })
})

const request = { seed: 3, count: 4 }
const pixelsOf = async (from: LoadedGenerator) => {
  const { outputs } = await generate(from.evaluate, from.manifest.inputs, request)
  return [...(outputs.samples!.data as Float32Array)]
}

describe('directions', () => {
  it('of the weights are those that enter, and the longest step is the usual one', async () => {
    const model = await openStyleModel(generator)
    const { directions } = await findDirections(generator, model, { method: 'sefa', count: 2 })
    const axes = directions.map(({ vector }) => [...vector].map(Math.abs).map(Math.round))
    // Both weights look along one axis, and count alike however long they are.
    expect(axes.sort()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ])
    const along = (axis: number) => directions.find(({ vector }) => Math.abs(vector[axis]!) > 0.5)!.scale
    // w₀ is a normal number, w₂ half the sum of two.
    expect(along(0)).toBeCloseTo(1, 1)
    expect(along(2)).toBeCloseTo(Math.SQRT1_2, 1)
    await model.dispose()
  })

  it('of many styles are their principal components', async () => {
    const model = await openStyleModel(generator)
    const { directions } = await findDirections(generator, model, { method: 'pca', count: 3, samples: 4000 })
    // MᵀM of the mapping by hand: the widest of w is (1, 1, 1)/√3 with variance 1.5, then (1, -1, 0)/√2 with 1, then nothing.
    expect(directions.map(({ scale }) => scale ** 2)).toEqual([
      expect.closeTo(1.5, 1),
      expect.closeTo(1, 1),
      expect.closeTo(0, 5),
    ])
    for (const value of directions[0]!.vector) expect(value).toBeCloseTo(1 / Math.sqrt(3), 1)
    await expect(findDirections(generator, model, { method: 'label', count: 1 })).rejects.toMatchObject({
      code: 'CLASSES_MISSING',
    })
    await model.dispose()
  })
})

it('directions of labels lead to their classes, four of which come in turn', async () => {
  const names = ['hat', 'hair', 'hijab', 'none']
  const labels: Port = { modality: 'label', dtype: 'int32', shape: [], names }
  const { inputs } = generator.manifest
  const labelled = { ...generator, manifest: { ...generator.manifest, inputs: { ...inputs, labels } } }
  // A class pulls along an axis of its own; what is drawn lies beside all of them.
  const model = {
    ...(await openStyleModel(generator)),
    ...{ size: 6, layers: 1 },
    mapped: async ({ latent, labels: own }: Arrays) => {
      const w = ndarray('float32', [latent!.shape[0]!, 1, 6])
      for (const [row, kind] of own!.data.entries()) {
        w.data[6 * row + Number(kind)] = 1
        w.data.set(latent!.data.subarray(2 * row, 2 * row + 2) as Float32Array, 6 * row + 4)
      }
      return w
    },
  }
  const found = await findDirections(labelled, model, { method: 'label', count: 1, samples: 400 })
  expect(found.directions.map(({ name, accuracy }) => [name, accuracy])).toEqual(names.map((name) => [name, 1]))
  for (const [kind, { vector }] of found.directions.entries()) {
    expect(vector.indexOf(Math.max(...vector))).toBe(kind)
    expect(Math.hypot(...vector.slice(4))).toBeLessThan(0.05)
  }
  await model.dispose()
})

describe('an edit', () => {
  const found = {
    method: 'sefa',
    directions: [
      { vector: Float32Array.of(1, 0, 0), scale: 1 },
      { vector: Float32Array.of(0, 0, 1), scale: 0.5 },
    ],
  }

  it('moves every sample by its steps, in the layers that it names', async () => {
    await writeDirections(generator, found)
    const before = await pixelsOf(generator)
    const edits = ['1:+2', '2:-3'].map(parseEdit)
    const everywhere = await editedGenerator({ ...generator, dispose: async () => {} }, { edits })
    const moved = await pixelsOf(everywhere)
    // Left: 0.2 · 2 steps; right: -0.3 · -3 steps of a half.
    for (const [index, value] of moved.entries()) {
      expect(value - before[index]!).toBeCloseTo(index % 2 === 0 ? 0.4 : 0.45, 5)
    }
    await everywhere.dispose()
    const first = await editedGenerator({ ...generator, dispose: async () => {} }, { edits, layers: parseLayers('0') })
    for (const [index, value] of (await pixelsOf(first)).entries()) {
      expect(value - before[index]!).toBeCloseTo(index % 2 === 0 ? 0.4 : 0, 5)
    }
    await first.dispose()
  })

  it('says what cannot be done', async () => {
    await writeDirections(generator, found)
    const edited = (edit: string, layers?: string) =>
      editedGenerator(generator, {
        edits: [parseEdit(edit)],
        layers: layers === undefined ? undefined : parseLayers(layers),
      })
    await expect(edited('3:+1')).rejects.toMatchObject({
      code: 'DIRECTION_UNKNOWN',
      message: expect.stringContaining('direction 3, but there are 2 directions'),
    })
    await expect(edited('1:+1', '0-2')).rejects.toMatchObject({ code: 'LAYERS_INVALID' })
    for (const text of ['0:1', '1', 'hair:2', '1:x', '1.5:1']) {
      expect(() => parseEdit(text)).toThrow(expect.objectContaining({ code: 'EDIT_INVALID' }))
    }
    for (const text of ['3-1', 'all', '-1']) {
      expect(() => parseLayers(text)).toThrow(expect.objectContaining({ code: 'LAYERS_INVALID' }))
    }
    await writeFile(join(root, 'directions.json'), '{"version":1}')
    await expect(readDirections(generator)).rejects.toMatchObject({ code: 'DIRECTIONS_INVALID' })
    const other = { ...generator, manifest: { ...generator.manifest, weightsHash: 'other' } }
    await writeDirections(other, found)
    await expect(readDirections(generator)).rejects.toMatchObject({ code: 'DIRECTIONS_OUTDATED' })
    await rm(join(root, 'directions.json'))
    await expect(readDirections(generator)).rejects.toMatchObject({
      code: 'DIRECTIONS_MISSING',
      fix: expect.stringMatching(/^Run: gantry directions /),
    })
  })
})

it('an edit is refused for want of styles before directions are asked for', async () => {
  const folder = await mkdtemp(join(root, 'alone-'))
  const path = join(folder, basename(generator.path))
  await copyFile(generator.path, path)
  const alone = await loadGenerator(path)
  await expect(editedGenerator(alone, { edits: [parseEdit('1:+2')] })).rejects.toMatchObject({
    code: 'FUNCTION_MISSING',
  })
  await alone.dispose()
})

describe('a sheet', () => {
  /** Cells of one by two pixels with two pixels around each. */
  async function cells(path: string, columns: number): Promise<number[][][]> {
    const { width, height, data } = decodePng(new Uint8Array(await readFile(path)))
    expect(width).toBe(columns * 4 + 2)
    const rows = (height - 2) / 3
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => {
        const at = (row * 3 + 2) * width + column * 4 + 2
        return [data[at]!, data[at + 1]!]
      }),
    )
  }

  it('of mixtures has what is coarse from its row, and what is fine from its column', async () => {
    const model = await openStyleModel(generator)
    const out = join(root, 'mixing.png')
    await writeMixing(generator, model, { rows: [1, 2], columns: [3, 4, 5], layers: [0, 0], out })
    await model.dispose()
    const [head, ...body] = await cells(out, 4)
    expect(head![0]).toEqual([0, 0])
    expect(body).toHaveLength(2)
    for (const [own, ...mixed] of body) {
      for (const [column, [left, right]] of mixed.entries()) {
        expect(left).toBe(own![0])
        expect(right).toBe(head![column + 1]![1])
      }
    }
    expect(new Set(body.map(([own]) => own![0])).size).toBe(2)
  })

  it('of directions has a strip for each seed, with the sample itself in the middle', async () => {
    const model = await openStyleModel(generator)
    const out = join(root, 'strips.png')
    const directions = [{ vector: Float32Array.of(1, 0, 0), scale: 0.5 }]
    await writeStrips(generator, model, { directions, seeds: [1, 2], steps: [-1, 0, 1], out })
    await expect(writeStrips(generator, model, { directions, seeds: [1], out: 'strips.jpg' })).rejects.toMatchObject({
      code: 'OUT_INVALID',
    })
    await model.dispose()
    const strips = await cells(out, 3)
    for (const [before, own, after] of strips) {
      expect([before![1], after![1]]).toEqual([own![1], own![1]])
      // Half a step of 0.2 is 0.1, and so 12.75 levels.
      expect(Math.abs(own![0]! - before![0]! - 12.75)).toBeLessThan(1)
      expect(Math.abs(after![0]! - own![0]! - 12.75)).toBeLessThan(1)
    }
  })
})

it('films the way from style to style in straight lines', async () => {
  const model = await openStyleModel(generator)
  const out = `${join(root, 'frames')}/`
  await writeWalk(generator, { seeds: [1, 2], frames: 5, loop: false, out, styles: model })
  const frame = async (index: number) => [
    ...decodePng(new Uint8Array(await readFile(join(out, `00000${index}.png`)))).data,
  ]
  const [first, last] = [await frame(0), await frame(4)]
  // Everything here is linear, so that pixels go straight from the one to the other.
  for (const [index, place] of [0, 0.25, 0.5, 0.75, 1].entries()) {
    const made = await frame(index)
    for (const pixel of [0, 1]) {
      expect(Math.abs(made[pixel]! - (first[pixel]! + (last[pixel]! - first[pixel]!) * place))).toBeLessThanOrEqual(1)
    }
  }
  expect(Math.abs(first[0]! - last[0]!)).toBeGreaterThan(2)
  await expect(writeWalk(generator, { seeds: [1], frames: 5, out, styles: model })).rejects.toMatchObject({
    code: 'WAY_INVALID',
  })
  await model.dispose()
})

it('takes no halves of other weights', async () => {
  const between = { ...generator.manifest, interpolated: { other: 'pixels', share: 0.8 } }
  await expect(openStyleModel({ ...generator, manifest: between })).rejects.toMatchObject({
    code: 'FUNCTION_MISSING',
    fix: expect.stringContaining('--with pixels --share 0.8 --function mapping'),
  })
  await expect(openStyleModel({ ...generator, manifest: { ...generator.manifest, trainingStep: 6 } })).rejects.toThrow(
    'of other weights',
  )
})

it('says what has no styles', async () => {
  await rm(join(root, 'synthesis.onnx'))
  await expect(openStyleModel(generator)).rejects.toMatchObject({ code: 'FUNCTION_MISSING' })
})
