import { describe, expect, it } from 'vitest'
import { median, type Outcome } from './measure.ts'
import { formatTable, summarize } from './report.ts'
import { flopsOfStep, sharedNumbers } from './tutorial.ts'

describe('measure', () => {
  it('takes the median', () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })
})

describe('summarize', () => {
  it('compares with PyTorch and the peak, and keeps the engines that are not there', () => {
    const measured = (milliseconds: number[]): Outcome => ({
      status: 'measured',
      version: '1',
      milliseconds,
      peakMemoryMb: 300.4,
      batchSize: 64,
      losses: [],
    })
    const results = summarize(
      new Map<string, Outcome>([
        ['onnxruntime', measured([100, 90, 120])],
        ['pytorch', measured([150])],
        ['tfjs-wasm', { status: 'failed', reason: 'no kernel' }],
        ['tfjs-node', { status: 'skipped', reason: 'not installed' }],
      ]),
      64,
      5e9,
      100,
    )
    expect(results).toEqual([
      {
        engine: 'onnxruntime',
        version: '1',
        medianMs: 100,
        minMs: 90,
        maxMs: 120,
        imagesPerSecond: 640,
        speedOverPyTorch: 1.5,
        shareOfPeak: 0.5,
        peakMemoryMb: 300,
      },
      expect.objectContaining({ engine: 'pytorch', speedOverPyTorch: 1 }),
      { engine: 'tfjs-wasm', failed: 'no kernel' },
      { engine: 'tfjs-node', skipped: 'not installed' },
    ])
    expect(
      new Set(
        formatTable(results)
          .split('\n')
          .map((line) => line.length),
      ).size,
    ).toBe(1)
  })
})

describe('tutorial', () => {
  it('counts the multiply-adds of one image by hand', () => {
    const generator = 3 * (1_254_400 + 40_140_800 + 10_035_200 + 313_600) - 1_254_400
    const discriminator = 7 * (313_600 + 10_035_200 + 6_272) - 2 * 313_600
    expect(flopsOfStep(1)).toBe(2 * (generator + discriminator))
    expect(flopsOfStep(64) / 1e9).toBeCloseTo(28.9, 1)
  })

  it('makes the numbers that pytorch_step.py makes', () => {
    // numpy: s = numpy.sin(numpy.arange(1, 4)) * 43758.5453; 2 * (s - numpy.floor(s)) - 1
    expect([...sharedNumbers(3, 1)]).toEqual([0.09241470694541931, 0.06528584659099579, -0.5874691605567932])
  })
})
