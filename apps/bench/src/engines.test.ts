import { expect, it } from 'vitest'
import { chooseEngines } from './engines.ts'

const all = ['onnxruntime', 'pytorch-2.15', 'pytorch-1.13-openblas-openmp', 'tfjs-cpu'].map((name) => ({
  name,
  locate: () => ({ missing: '' }),
}))
const choose = (...names: string[]) => chooseEngines(all, names).map(({ name }) => name)

it('chooses engines by name or by its beginning, in the order of the table', () => {
  expect(choose('pytorch', 'onnxruntime')).toEqual(['onnxruntime', 'pytorch-2.15', 'pytorch-1.13-openblas-openmp'])
  expect(choose('pytorch-2.15')).toEqual(['pytorch-2.15'])
  expect(() => choose('pytorch-2')).toThrow(expect.objectContaining({ code: 'ENGINE_UNKNOWN' }))
})
