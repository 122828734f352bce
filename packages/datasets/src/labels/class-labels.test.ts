import { describe, expect, it } from 'vitest'
import { classLabels } from './class-labels.ts'

const place = (index: number) => `row ${index}`

describe('classLabels', () => {
  it('names numbers by themselves, or by the names it is given', () => {
    expect(classLabels([2, 0, 2], place)).toEqual({ names: ['0', '1', '2'], indices: Int32Array.of(2, 0, 2) })
    expect(classLabels([1, 0], place, ['cat', 'dog', 'eel'])).toEqual({
      names: ['cat', 'dog', 'eel'],
      indices: Int32Array.of(1, 0),
    })
  })

  it('takes words as names, in the order of their letters', () => {
    expect(classLabels(['dog', 'cat', 'dog'], place)).toEqual({
      names: ['cat', 'dog'],
      indices: Int32Array.of(1, 0, 1),
    })
    expect(classLabels(['dog', 'cat'], place, ['dog', 'cat'])?.indices).toEqual(Int32Array.of(0, 1))
    expect(classLabels(['dog', 7], place)?.names).toEqual(['7', 'dog'])
  })

  it.each([
    [[0, -1], undefined, 'row 1 has the label -1, but labels are integers from 0 to 99999'],
    [[0, 2], ['cat', 'dog'], 'row 1 has the label 2, but labels are integers from 0 to 1'],
    [[0.5], undefined, 'row 0 has the label 0.5'],
    [[4_000_000_000], undefined, 'row 0 has the label 4000000000'],
    [['eel'], ['cat', 'dog'], 'row 0 has the label eel'],
  ])('refuses %j', (raw, names, message) => {
    expect(() => classLabels(raw, place, names)).toThrow(
      expect.objectContaining({ code: 'LABEL_OUT_OF_RANGE', message: expect.stringContaining(message) }),
    )
  })

  it('are none where all are -1, by number or by word', () => {
    expect(classLabels([-1, -1], place, ['cat', 'dog'])).toBeUndefined()
    expect(classLabels(['-1', '-1', '-1'], place)).toBeUndefined()
  })

  it('refuses samples without a label among others', () => {
    expect(() => classLabels([1, null, 0], place)).toThrow(
      expect.objectContaining({
        code: 'LABEL_COUNT_MISMATCH',
        message: expect.stringMatching(/^There are 3 images, but 2 labels; the first without is row 1/),
      }),
    )
  })
})
