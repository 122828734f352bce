import { expect, it } from 'vitest'
import type { ServingResult } from '../serving/measure-serving.ts'
import { sectionsOf } from './serve.ts'

const load = { requestsPerSecond: 850, p50: 10, p99: 20, answered: 4250, lost: 1, bytes: 3000 }

const result: ServingResult = {
  name: 'digits',
  title: 'small',
  best: { threads: 2, batchSize: 32, picturesPerSecond: 1000, millisecondsOfBatch: 32 },
  barePicturesPerSecond: 1000,
  millisecondsOfOne: 2,
  plainRequestsPerSecond: 1000,
  scenarios: [
    { ...load, asked: 'bytes', connections: 128, pictures: 1, picturesPerSecond: 850, longestGapMs: 7, counted: 4240 },
  ],
  peers: [
    { peer: 'FastAPI', asked: 'json', connections: 16, own: load, other: { ...load, requestsPerSecond: 425 } },
    {
      peer: 'Slow',
      asked: 'json',
      connections: 16,
      own: load,
      other: { ...load, requestsPerSecond: 0, p50: undefined },
    },
    { peer: 'Triton', asked: 'bytes', connections: 0, skipped: 'no Python has it' },
  ],
  longRun: {
    requests: 100_000,
    answered: 100_000,
    counted: 100_000,
    longestGapMs: 9,
    residentMb: [200, 210],
    heldMb: [40, 41],
  },
}

it('tells shares of the bare loop, what HTTP leaves, losses of either side, and who is left out', () => {
  const [served, beside, long] = sectionsOf([result])
  const row = served!.rows[0]!
  expect(row).toContain('85%')
  // One that failed, and ten that the server never counted.
  expect(row.at(-1)).toBe('11')
  expect(served!.notes!.join(' ')).toContain('500 pictures/s at most, 50% of the bare loop')
  // 16 of 1,000 a second, and of the 500 that are left.
  expect(served!.notes!.join(' ')).toMatch(/wait 16\.0 ms on average .* 32\.0 ms with what HTTP leaves/)
  expect(beside!.rows.map((cells) => cells.slice(-2))).toEqual([
    ['2×', '2.35×'],
    ['–', '–'],
    ['–', '–'],
  ])
  expect(beside!.rows[2]).toContain('no Python has it')
  expect(long!.rows[0]).toEqual(['100,000', '100,000', '9.0', '200 210', '40 41'])
  for (const { columns, rows } of [served!, beside!, long!]) {
    for (const cells of rows) expect(cells).toHaveLength(columns.length)
  }
})
