import type { LayersModel } from '@tensorflow/tfjs-layers'

type Layer = LayersModel['layers'][number]

/** A network with the name that it is drawn under. */
export interface DrawnNetwork {
  readonly title: string
  readonly network: LayersModel
}

/** Wide enough for the longest name beside a shape and a number of weights. */
const [WIDTH, HEIGHT, GAP, MARGIN, LANE, TOP] = [380, 34, 14, 16, 46, 44] as const
const COLUMN = WIDTH + LANE + MARGIN

const style = `
  text { font: 12px ui-monospace, monospace; fill: #1f2328 }
  .title { font: 600 14px system-ui, sans-serif }
  .detail { fill: #59636e }
  rect { fill: #f6f8fa; stroke: #d1d9e0 }
  .weights { fill: #ddf4ff; stroke: #54aeff }
  path { fill: none; stroke: #818b98; stroke-width: 1.2; marker-end: url(#arrow) }
  marker path { fill: #818b98; stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .detail { fill: #9198a1 }
    rect { fill: #151b23; stroke: #3d444d }
    .weights { fill: #12243d; stroke: #1f6feb }
  }`

/** Layers of a network, in the order in which data flow, each with those that it takes its input from. */
function layersOf(network: LayersModel) {
  return network.layers.map((layer: Layer) => {
    const [node] = layer.inboundNodes
    const shape = node!.outputShapes[0] as (number | null)[]
    return {
      layer,
      before: (node!.inboundLayers ?? []) as Layer[],
      shape: shape.slice(1).join('×'),
      count: layer.countParams(),
    }
  })
}

const number = (value: number) => value.toLocaleString('en-US')
const yOf = (index: number) => TOP + index * (HEIGHT + GAP)

/** An arrow down to the next box, or around those between, in a lane on the left. */
function arrow(left: number, from: number, to: number, lane: number): string {
  const middle = left + WIDTH / 2
  if (to === from + 1) return `<path d="M${middle} ${yOf(from) + HEIGHT}V${yOf(to) - 2}"/>`
  const [start, end] = [yOf(from) + HEIGHT / 2, yOf(to) + HEIGHT / 2]
  return `<path d="M${left} ${start}H${left - 10 - (lane % 4) * 8}V${end}H${left - 2}"/>`
}

function column({ title, network }: DrawnNetwork, left: number): string[] {
  const drawn = layersOf(network)
  const indexOf = new Map(drawn.map(({ layer }, index) => [layer, index]))
  let lane = 0
  const boxes = drawn.flatMap(({ layer, before, shape, count }, index) => {
    const y = yOf(index)
    const arrows = before.map((each) => {
      const from = indexOf.get(each)!
      return arrow(left, from, index, from + 1 === index ? 0 : lane++)
    })
    return [
      `<rect x="${left}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="5"${count > 0 ? ' class="weights"' : ''}/>`,
      `<text x="${left + 10}" y="${y + 21}">${layer.getClassName().replace(/^InputLayer$/, 'Input')}</text>`,
      `<text x="${left + 280}" y="${y + 21}" text-anchor="end" class="detail">${shape}</text>`,
      `<text x="${left + WIDTH - 10}" y="${y + 21}" text-anchor="end" class="detail">${count > 0 ? number(count) : ''}</text>`,
      ...arrows,
    ]
  })
  return [`<text x="${left}" y="28" class="title">${title}: ${number(network.countParams())} weights</text>`, ...boxes]
}

/**
 * Networks side by side as an SVG for light and dark pages: a box a layer with its output shape and number of weights, those
 * with weights in blue.
 */
export function drawNetworks(networks: readonly DrawnNetwork[]): string {
  const rows = Math.max(...networks.map(({ network }) => network.layers.length))
  const [width, height] = [networks.length * COLUMN + MARGIN, yOf(rows) + MARGIN - GAP]
  const titles = networks.map(({ title }) => title).join(', ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Layers of ${titles}">
<style>${style}
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
${networks.flatMap((each, index) => column(each, index * COLUMN + LANE)).join('\n')}
</svg>
`
}
