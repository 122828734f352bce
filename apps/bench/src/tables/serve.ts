import { count, milliseconds, percent, type Section, times } from '../markdown.ts'
import { type LongRun, measureServing, type PeerResult, type ServingResult } from '../serving/measure-serving.ts'
import { servedGenerators, writeGenerator } from '../serving/models.ts'
import type { BenchTable } from './table.ts'

/** What a reader should see of the targets. */
const TARGETS = { shareOfBare: 0.85, latencyInPictures: 10, gapMs: 50, overPeer: 2 }

/** Over which latency is judged. */
const FEW_CONNECTIONS = 16

const NAMES = { bytes: 'numbers, as bytes', json: 'numbers, in JSON', png: 'a PNG' } as const

/** How many requests the server answers, beside what the machine could do at all, and beside other servers. */
export const serveTable: BenchTable = {
  name: 'serve',
  title: 'Serving',
  async measure(bench) {
    const data: ServingResult[] = []
    for (const [index, generator] of servedGenerators.entries()) {
      const written = await writeGenerator(generator, bench.options.folder)
      data.push(await measureServing(bench, generator, written, index === 0))
    }
    return { data, sections: sectionsOf(data) }
  },
}

/** Exported for its test. */
export function sectionsOf(data: readonly ServingResult[]): Section[] {
  const long = data.flatMap(({ title, longRun }) => (longRun === undefined ? [] : [overManyRequests(title, longRun)]))
  return [...data.map(underLoad), besideOthers(data), ...long]
}

function underLoad(result: ServingResult): Section {
  const { title, best, barePicturesPerSecond, millisecondsOfOne, plainRequestsPerSecond, scenarios } = result
  // Both take all cores there are: neither can have what the other takes.
  const leftByHttp = 1 / (1 / plainRequestsPerSecond + 1 / barePicturesPerSecond)
  // Little's law: connections that each wait for their answer share what is made in a second.
  const shortest = (rate: number) => milliseconds((1000 * FEW_CONNECTIONS) / rate)
  return {
    heading: `${title}: requests and pictures a second`,
    columns: [
      'asked for',
      'pictures a request',
      'connections',
      'requests/s',
      'pictures/s',
      'of the bare loop',
      'p50 ms',
      'p99 ms',
      'longest gap ms',
      'lost',
    ],
    rows: scenarios.map((each) => [
      NAMES[each.asked],
      count(each.pictures),
      count(each.connections),
      count(each.requestsPerSecond),
      count(each.picturesPerSecond),
      percent(each.picturesPerSecond / barePicturesPerSecond),
      milliseconds(each.p50),
      milliseconds(each.p99),
      milliseconds(each.longestGapMs),
      count(each.lost + Math.max(0, each.answered - each.counted)),
    ]),
    notes: [
      `The bare loop, \`InferenceSession.run\` of onnxruntime-node again and again: ${count(barePicturesPerSecond)} pictures/s at its best (batches of ${best.batchSize}, ${best.threads} threads; the mean of before and after). One picture alone takes ${milliseconds(millisecondsOfOne)} ms.`,
      `A server of \`node:http\` that computes nothing and answers as many bytes: ${count(plainRequestsPerSecond)} requests/s over 128 connections. The clients take the same cores: of requests for one picture, HTTP leaves ${count(leftByHttp)} pictures/s at most, ${percent(leftByHttp / barePicturesPerSecond)} of the bare loop.`,
      `To reach: ≥ ${percent(TARGETS.shareOfBare)} of the bare loop over 128 connections, p99 over ${FEW_CONNECTIONS} connections under ${milliseconds(TARGETS.latencyInPictures * millisecondsOfOne)} ms (${TARGETS.latencyInPictures} times one picture), gaps under ${TARGETS.gapMs} ms, nothing lost.`,
      `${FEW_CONNECTIONS} connections that each wait for an answer wait ${shortest(barePicturesPerSecond)} ms on average where pictures are made as quickly as the bare loop makes them, and ${shortest(leftByHttp)} ms with what HTTP leaves of it: no server on these cores answers sooner.`,
      'Requests for many pictures share what HTTP costs. Over 128 connections they wait in a queue of 8,192 samples; usually it has 1,024, and more are refused.',
    ],
  }
}

function besideOthers(data: readonly ServingResult[]): Section {
  const rows = data.flatMap(({ name, peers, barePicturesPerSecond }) =>
    peers.map((peer) => peerRow(name, peer, barePicturesPerSecond)),
  )
  return {
    heading: 'Beside other servers of the same file',
    columns: [
      'generator',
      'server',
      'asked for',
      'connections',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'Gantry, requests/s',
      'p50 ms',
      'p99 ms',
      "Gantry's speed over it",
      'the bare loop’s',
    ],
    rows,
    notes: [
      'One picture a request. FastAPI: `python/serve_fastapi.py`, uvicorn and ONNX Runtime with dynamic batching, in one process. Triton: NVIDIA’s server from the PyPI package nvidia-pytriton with its dynamic batcher, and ONNX Runtime in its Python backend; its clients send the latents, and so do those of Gantry there. (Its own ONNX Runtime backend is in no package.)',
      `To reach: ${TARGETS.overPeer} times as many requests a second; nobody has more than the bare loop.`,
    ],
  }
}

function peerRow(
  generator: string,
  { peer, asked, connections, skipped, own, other }: PeerResult,
  bare: number,
): string[] {
  // Where a machine is too busy nobody is answered in time.
  const over = (rate: number) => times(other?.requestsPerSecond ? rate / other.requestsPerSecond : undefined)
  if (own === undefined || other === undefined) return [generator, peer, skipped ?? '–', ...new Array(9).fill('–')]
  return [
    generator,
    peer,
    NAMES[asked],
    count(connections),
    count(other.requestsPerSecond),
    milliseconds(other.p50),
    milliseconds(other.p99),
    count(own.requestsPerSecond),
    milliseconds(own.p50),
    milliseconds(own.p99),
    over(own.requestsPerSecond),
    over(bare),
  ]
}

function overManyRequests(title: string, longRun: LongRun): Section {
  const { requests, answered, counted, longestGapMs, residentMb, heldMb } = longRun
  const listed = (sizes: readonly number[]) => sizes.map((each) => count(each)).join(' ')
  return {
    heading: `${count(requests)} requests over 128 connections, ${title}`,
    columns: [
      'answered',
      'counted by the server',
      'longest gap ms',
      'resident MB after each tenth',
      'MB still used after a collection',
    ],
    rows: [[count(answered), count(counted), milliseconds(longestGapMs), listed(residentMb), listed(heldMb)]],
  }
}
