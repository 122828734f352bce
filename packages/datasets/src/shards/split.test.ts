import { describe, expect, it } from 'vitest'
import { trainingSplit } from './split.ts'

const split = (...paths: string[]) => {
  const { files, folder, leftOut } = trainingSplit(paths, (path) => path, 'shards')
  return [files, folder, leftOut.map(({ name }) => name)]
}

describe('trainingSplit', () => {
  it.each([
    [['train/a', 'test/b'], ['train/a'], 'train/', ['test/b']],
    [['set/Train/x/a', 'set/val/x/b', 'set/more/c'], ['set/Train/x/a'], 'set/Train/', ['set/val/x/b', 'set/more/c']],
    [
      ['d/train-00000-of-2.parquet', 'd/test-00000.parquet'],
      ['d/train-00000-of-2.parquet'],
      '',
      ['d/test-00000.parquet'],
    ],
    [['train.tar', 'validation.tar'], ['train.tar'], '', ['validation.tar']],
  ])('takes what is for training of %j', (paths, ...expected) => {
    expect(split(...paths)).toEqual(expected)
  })

  it.each([
    [['train/a', 'bus/b', 'plane/c']],
    [['train/a', 'train/b']],
    [['valid/a', 'invalid/b']],
    [['test/a', 'val/b']],
    [['trainer-1.tar', 'test-1.tar']],
    [['a', 'b']],
    [[]],
  ])('leaves %j as they are', (paths) => {
    expect(split(...paths)).toEqual([paths, '', []])
  })

  it('takes the names of pictures for no splits', () => {
    const paths = ['train-1.png', 'test-1.png']
    expect(trainingSplit(paths, (path) => path, 'folders').files).toEqual(paths)
  })
})
