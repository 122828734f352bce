import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256]

let ofProcess: Registry | undefined

/** What is told of this process, however many servers it has: what watches it is begun when somebody asks first, and ends only with it. */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}

interface RequestLabels {
  readonly method: string
  readonly route: string
  readonly status: number
}

/** What Prometheus is told. */
export class ServerMetrics {
  readonly #registry = new Registry()
  readonly #requests = this.#counter('gantry_requests_total', 'Requests by route and status', [
    'method',
    'route',
    'status',
  ])
  readonly #pictures = this.#counter('gantry_samples_total', 'Samples made, by model', ['model'])
  readonly #seconds = this.#histogram('gantry_request_seconds', 'Time of a request', ['route'], SECONDS)
  readonly #batches = this.#histogram('gantry_batch_size', 'Samples made in one go, by model', ['model'], ROWS)

  readonly #known = new Map<
    string,
    { readonly requests: Counter.Internal; readonly seconds: Histogram.Internal<'route'> }
  >()

  /** @param depths samples that wait, by model */
  constructor(depths: () => Iterable<readonly [model: string, depth: number]>) {
    new Gauge({
      name: 'gantry_queue_depth',
      help: 'Samples that wait, by model',
      labelNames: ['model'],
      registers: [this.#registry],
      collect() {
        for (const [model, depth] of depths()) this.set({ model }, depth)
      },
    })
  }

  request({ method, route, status }: RequestLabels, seconds: number): void {
    // prom-client checks and sorts labels at every call; there are few of them, as routes are patterns.
    const name = `${method} ${status} ${route}`
    const known = this.#known.get(name)
    const own = known ?? {
      requests: this.#requests.labels({ method, route, status }),
      seconds: this.#seconds.labels({ route }),
    }
    if (known === undefined) this.#known.set(name, own)
    own.requests.inc()
    own.seconds.observe(seconds)
  }

  batch(model: string, rows: number): void {
    this.#batches.observe({ model }, rows)
    this.#pictures.inc({ model }, rows)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return Registry.merge([this.#registry, processMetrics()]).metrics()
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] })
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    buckets: number[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] })
  }
}
