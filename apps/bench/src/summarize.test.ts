import { expect, it } from 'vitest'
import type { Outcome } from './measure.ts'
import { peersOf, summarize } from './summarize.ts'

const measured = (milliseconds: number[]): Outcome => ({
  status: 'measured',
  version: '1',
  milliseconds,
  peakMemoryMb: 300.4,
  batchSize: 64,
  losses: [],
})

it('compares with every peer and the peak, and keeps the engines that are not there', () => {
  const outcomes = new Map<string, Outcome>([
    ['onnxruntime', measured([100, 90, 120])],
    ['pytorch-2.15', measured([150])],
    ['pytorch-1.13-openblas-openmp', { status: 'failed', reason: 'no memory' }],
    ['tfjs-node', { status: 'skipped', reason: 'not installed' }],
  ])
  const peers = ['pytorch-2.15', 'pytorch-1.13-openblas-openmp']
  expect(summarize(outcomes, peers, { batchSize: 64, flops: 5e9, peakGflops: 100 })).toEqual([
    {
      engine: 'onnxruntime',
      version: '1',
      medianMs: 100,
      minMs: 90,
      maxMs: 120,
      imagesPerSecond: 640,
      speedOver: { 'pytorch-2.15': 1.5 },
      shareOfPeak: 0.5,
      peakMemoryMb: 300,
    },
    expect.objectContaining({ engine: 'pytorch-2.15', speedOver: { 'pytorch-2.15': 1 } }),
    { engine: 'pytorch-1.13-openblas-openmp', failed: 'no memory' },
    { engine: 'tfjs-node', skipped: 'not installed' },
  ])
})

it('takes for peers what says that it is one', () => {
  const locate = () => ({ missing: '' })
  expect(
    peersOf([
      { name: 'a', locate },
      { name: 'b', isPeer: true, locate },
    ]),
  ).toEqual(['b'])
})
