import { labelField, type Ports } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { rowsBy } from './rows-by.ts'

const ports: Ports = {
  latent: { modality: 'latent', dtype: 'float32', shape: [8] },
  kind: { ...labelField(['cat', 'dog', 'owl']) },
}

describe('rowsBy', () => {
  it('asks for every class as often as the others, row by row', () => {
    const { asked, count, columns } = rowsBy(ports, 'kind', 6)
    expect([count, columns, asked.kind!.shape, [...asked.kind!.data]]).toEqual([6, 2, [6], [0, 0, 1, 1, 2, 2]])
    expect(rowsBy(ports, 'label')).toMatchObject({ count: 24, columns: 8 })
    const wide = rowsBy({ kind: { ...ports.kind!, dtype: 'int64' } }, 'kind', 3)
    expect([...wide.asked.kind!.data]).toEqual([0n, 1n, 2n])
  })

  it.each([
    ['latent', undefined, "the input 'latent' has none. Inputs with classes: kind."],
    ['colour', undefined, "there is no input 'colour'. Inputs with classes: kind."],
    ['kind', 7, '7 samples do not fill rows of 3 classes. Ask for 3, 6, 9'],
  ])('refuses %s of %s', (name, count, message) => {
    expect(() => rowsBy(ports, name, count)).toThrow(
      expect.objectContaining({ code: 'ROWS_INVALID', message: expect.stringContaining(message) }),
    )
  })

  it('says when a generator has no classes at all', () => {
    expect(() => rowsBy({ latent: ports.latent! }, 'label')).toThrow('This generator takes no classes')
  })
})
