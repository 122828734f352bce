import autocannon from 'autocannon'
import type { LoadRequest } from '../serving/requests.ts'

export interface LoadParameters {
  readonly url: string
  readonly request: LoadRequest
  readonly connections: number
  /** How long; or how many requests in all. */
  readonly seconds?: number
  readonly amount?: number
}

/** What clients saw. */
export interface Load {
  /** Those that were answered, with a status of success. */
  readonly requestsPerSecond: number
  /** Milliseconds; none where nobody was answered in time. */
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly answered: number
  /** Refused, failed, timed out, or cut off. */
  readonly lost: number
  /** Of an answer's body. */
  readonly bytes: number
}

/** Asks one thing again and again, over connections that each wait for their answer. Its process computes nothing else. */
export async function run({ url, request, connections, seconds = 1, amount }: LoadParameters): Promise<Load> {
  const milliseconds: number[] = []
  let bytes = 0
  const { method, path, headers, body } = request
  const requests = [{ method, path, headers: { ...headers }, ...(body !== undefined && { body }) }]
  const start = performance.now()
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const extent = amount === undefined ? { duration: seconds } : { amount }
    const instance = autocannon({ url, connections, requests, timeout: 60, ...extent }, (error, done) =>
      error ? reject(error) : resolve(done),
    )
    // Its own percentiles are of whole milliseconds, and of refusals, too.
    instance.on('response', (_client, status, size, time) => {
      if (status < 200 || status > 299) return
      milliseconds.push(time)
      bytes = size
    })
  })
  const elapsed = (performance.now() - start) / 1000
  const sorted = Float64Array.from(milliseconds).sort()
  const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return {
    requestsPerSecond: milliseconds.length / elapsed,
    p50: quantile(0.5),
    p99: quantile(0.99),
    answered: result['2xx'],
    lost: result.non2xx + result.errors + result.timeouts + result.mismatches,
    bytes,
  }
}
