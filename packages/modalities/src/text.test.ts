import { type Field, labelField, type NDArray, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { Artefact } from './modality.ts'
import { findModality } from './registry.ts'

const label = findModality('label')
const tokens = findModality('tokens')
const number = findModality('number')
const latent = findModality('latent')

const words: Field = { modality: 'tokens', dtype: 'int32', shape: [3], names: ['', 'red', 'Square', 'circle'] }
const letters: Field = { modality: 'tokens', dtype: 'int64', shape: [4], names: ['', 'a', 'b', ' '] }
const int32 = (...values: number[]) => ndarray('int32', [values.length], Int32Array.from(values))
const text = ({ bytes }: Artefact) => new TextDecoder().decode(bytes)
const values = async (array: Promise<NDArray>) => Array.from((await array).data, Number)

describe('labels', () => {
  const field = labelField(['cat', 'dog', '7'])
  const many = labelField(Array.from({ length: 10 }, (_, index) => `class ${index}`))

  it('are written as names or numbers', async () => {
    expect(await label.parse!(field, 'dog')).toEqual(int32(1))
    expect(await label.parse!(many, '7')).toEqual(int32(7))
    // A name comes before a number.
    expect(await label.parse!(field, '7')).toEqual(int32(2))
    await expect(label.parse!(field, 'dgo')).rejects.toMatchObject({
      code: 'LABEL_UNKNOWN',
      message: "There is no label 'dgo' among the 3 that there are. Did you mean 'dog'?",
    })
    await expect(label.parse!(many, '10')).rejects.toMatchObject({ code: 'LABEL_UNKNOWN' })
    const unnamed: Field = { modality: 'label', dtype: 'int64', shape: [], range: [0, 4] }
    expect(await label.parse!(unnamed, '4')).toEqual(ndarray('int64', [1], BigInt64Array.from([4n])))
    await expect(label.parse!(unnamed, '5')).rejects.toThrow('Use a number from 0 to 4.')
  })

  it('are shown as their names', async () => {
    const shown = await label.show!({ labels: { field, values: int32(1, 0, 5) } })
    expect([shown.extension, text(shown)]).toEqual(['txt', 'dog\ncat\n5\n'])
    expect(text(await label.showOne!({ labels: { field, values: int32(1, 0) } }, 1))).toBe('cat\n')
  })

  it('are indices of classes, one a sample', () => {
    const check = (array: NDArray, count?: number) => label.check!("Phase 'step'", many, array, count)
    expect(() => check(int32(0, 9, 4), 3)).not.toThrow()
    expect(() => check(int32(0, 10, 4))).toThrow(
      expect.objectContaining({
        name: 'DataError',
        code: 'LABEL_OUT_OF_RANGE',
        message: expect.stringContaining(
          "Phase 'step': sample 1 of the batch has the label 10, but there are 10 classes, 0 to 9.",
        ),
      }),
    )
    expect(() => check(int32(0, -1))).toThrow('sample 1 of the batch has the label -1')
    const countless: Field = { modality: 'label', dtype: 'int32', shape: [] }
    expect(() => label.check!('It', countless, int32(0, 1, 4000))).not.toThrow()
    expect(() => label.check!('It', countless, int32(0, 1, -3))).toThrow('the label -3, but labels count from 0')
  })

  it.each([[int32(1, 2)], [int32(1, 2, 3, 4)], [ndarray('int32', [3, 1])]])(
    'are refused when there is not one a sample (%#)',
    (array) => {
      expect(() => label.check!("Phase 'step'", many, array, 3)).toThrow(
        expect.objectContaining({
          name: 'DataError',
          code: 'LABEL_COUNT_MISMATCH',
          message: expect.stringContaining(`the batch has 3 samples, but its labels have shape [${array.shape}]`),
        }),
      )
    },
  )
})

describe('tokens', () => {
  it('are words or characters, filled up to their length', async () => {
    expect(await values(tokens.parse!(words, ' Red  square '))).toEqual([1, 2, 0])
    const parsed = await tokens.parse!(letters, 'a ba')
    expect(parsed).toEqual(ndarray('int64', [1, 4], BigInt64Array.from([1n, 3n, 2n, 1n])))
  })

  it('are refused when they are unknown or too many', async () => {
    await expect(tokens.parse!(words, 'red squares')).rejects.toMatchObject({
      code: 'TOKEN_UNKNOWN',
      message: "The word 'squares' is not among the 3 that there are. Did you mean 'Square'?",
    })
    await expect(tokens.parse!(words, 'red red red red')).rejects.toMatchObject({
      code: 'TEXT_LENGTH',
      message: "A text of this field has at most 3 tokens, but 'red red red red' has 4.",
    })
    await expect(tokens.parse!({ ...words, names: ['red', 'circle'] }, 'red')).rejects.toThrow('has 3 tokens')
  })

  it('are shown as lines of text', async () => {
    const shown = { field: words, values: ndarray('int32', [2, 3], Int32Array.from([1, 2, 0, 3, 1, 9])) }
    expect(text(await tokens.show!({ text: shown }))).toBe('red Square\ncircle red 9\n')
    expect(text(await tokens.showOne!({ text: shown }, 1))).toBe('circle red 9\n')
    const spelt = { field: letters, values: ndarray('int32', [2, 4], Int32Array.from([1, 3, 2, 1, 1, 1, 0, 0])) }
    expect(text(await tokens.show!({ text: shown, spelt }))).toBe('text\tspelt\nred Square\ta ba\ncircle red 9\taa\n')
  })

  it('are indices of words', () => {
    const check = (...indices: number[]) =>
      tokens.check!('It', words, ndarray('int32', [2, 3], Int32Array.from(indices)))
    expect(() => check(0, 1, 2, 3, 0, 0)).not.toThrow()
    expect(() => check(0, 1, 2, 3, 4, 0)).toThrow(
      expect.objectContaining({
        code: 'TOKEN_OUT_OF_RANGE',
        message: expect.stringContaining('It: sample 1 of the batch has the token 4, but there are 4, 0 to 3.'),
      }),
    )
    expect(() => check(-1, 1, 2, 3, 0, 0)).toThrow('sample 0 of the batch has the token -1')
  })

  it('come from the data or the user, and an example tells how', () => {
    const port = { ...words, field: 'words' }
    const request = { name: 'text', seed: 0, from: 0, count: 1 }
    const data = ndarray('int32', [1, 3], Int32Array.from([1, 2, 3]))
    expect(tokens.supply(port, { ...request, data })).toEqual(data)
    expect(() => tokens.supply(port, request)).toThrow("Give it: --input text='red Square'.")
  })
})

describe('numbers', () => {
  const field: Field = { modality: 'number', dtype: 'float32', shape: [], range: [0, 1] }

  it('are written with commas between them', async () => {
    expect(await values(number.parse!(field, '0.25'))).toEqual([0.25])
    expect(await latent.parse!({ ...field, shape: [3] }, '1, -2,0.5')).toEqual(
      ndarray('float32', [1, 3], Float32Array.from([1, -2, 0.5])),
    )
  })

  it.each([
    [field, '1e300', 'INPUT_INVALID', "'1e300' is not a number."],
    [field, 'much', 'INPUT_INVALID', "'much' is not a number."],
    [field, '', 'INPUT_INVALID', "'' is not a number."],
    [{ ...field, shape: [2] }, '1', 'INPUT_INVALID', "'1' is not 2 numbers with commas between them."],
    [{ ...field, dtype: 'int32' as const }, '0.5', 'INPUT_INVALID', "'0.5' is not a whole number."],
    [field, '2', 'INPUT_OUT_OF_RANGE', '2 does not lie between 0 and 1.'],
  ])('are refused when they are none (%#)', async (own, written, code, message) => {
    await expect(number.parse!(own, written)).rejects.toMatchObject({ code, message })
  })

  it('are shown as they are', async () => {
    const shown = { score: { field, values: ndarray('float32', [2], Float32Array.from([0.5, 2])) } }
    expect(text(await number.show!(shown))).toBe('0.5\n2\n')
    expect(text(await number.showOne!(shown, 1))).toBe('2\n')
  })
})
