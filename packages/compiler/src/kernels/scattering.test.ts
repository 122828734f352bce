import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { exportModel } from '../export/export-model.ts'

const [ROWS, PLACES, WIDTH] = [300_000, 40, 3]

it.each([
  [
    'unsortedSegmentSum',
    (rows: tf.Tensor, places: tf.Tensor) => tf.unsortedSegmentSum(rows, places as tf.Tensor1D, PLACES),
  ],
  [
    'scatterND',
    (rows: tf.Tensor, places: tf.Tensor) => tf.scatterND(tf.reshape(places, [ROWS, 1]), rows, [PLACES, WIDTH]),
  ],
])(
  '%s adds many rows to few places with the same bits in every run, however many threads there are',
  async (_, sum) => {
    const program = ({ rows, places }: Readonly<Record<string, tf.Tensor>>) => ({ sums: sum(rows!, places!) })
    const specs = {
      rows: { dtype: 'float32', shape: [ROWS, WIDTH] },
      places: { dtype: 'int32', shape: [ROWS] },
    } as const
    const rows = Float32Array.from({ length: ROWS * WIDTH }, (_, index) => Math.sin(index * 1.7) * 10)
    const places = Int32Array.from({ length: ROWS }, (_, index) => (index * 7) % PLACES)
    const bytes = (await exportModel(program, { inputs: specs })) as Uint8Array
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 2 })
    const inputs = { rows: new Tensor('float32', rows, [ROWS, WIDTH]), places: new Tensor('int32', places, [ROWS]) }
    const run = async () => (await session.run(inputs)).sums!.data as Float32Array
    const first = (await run()).slice()
    const exact = new Float64Array(PLACES * WIDTH)
    for (const [index, value] of rows.entries())
      exact[places[Math.floor(index / WIDTH)]! * WIDTH + (index % WIDTH)]! += value
    for (const [index, value] of first.entries()) expect(Math.abs(value - exact[index]!)).toBeLessThan(0.05)
    for (let again = 0; again < 5; again++) expect(await run()).toEqual(first)
    await session.release()
  },
)
