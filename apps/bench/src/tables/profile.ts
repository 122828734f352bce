import { count } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

const STEPS = 3
/** Kinds of node that get a line of their own. */
const LISTED = 10

interface Profiled {
  readonly operator: string
  readonly nodes: number
  readonly milliseconds: number
}

/** The slow twin comes first: what a step is made of when every convolution is ONNX's own operator. */
const FORMS = ['direct', 'fast'] as const

const sumOf = (profiled: readonly Profiled[], key: 'nodes' | 'milliseconds') =>
  profiled.reduce((total, each) => total + each[key], 0)

/** Where the time of Gantry's steps goes, with direct convolutions and with fast ones. */
export const profileTable: BenchTable = {
  name: 'profile',
  title: 'Time by kind of node',
  async measure(bench) {
    const data = []
    for (const { name, title } of bench.options.cases) {
      const forms: Record<string, Profiled[]> = {}
      for (const convolutions of FORMS) {
        bench.log(`profile: ${name}, ${convolutions} convolutions`)
        const { threads } = bench.options
        const { operators } = await bench.task('profile', { case: name, threads, steps: STEPS, convolutions })
        forms[convolutions] = operators.map((each) => ({ ...each, milliseconds: rounded(each.milliseconds, 2) }))
      }
      data.push({ case: name, title, direct: forms.direct!, fast: forms.fast! })
    }
    return { data, sections: data.map(sectionOf) }
  },
}

function sectionOf({ title, direct, fast }: { title: string; direct: Profiled[]; fast: Profiled[] }) {
  const time = (profiled: readonly Profiled[], operator: string) =>
    profiled.find((each) => each.operator === operator)?.milliseconds ?? 0
  const operators = [...new Set([...direct, ...fast].map(({ operator }) => operator))]
    .map((operator) => ({ operator, larger: Math.max(time(direct, operator), time(fast, operator)) }))
    .sort((left, right) => right.larger - left.larger)
    .map(({ operator }) => operator)
  const listed = operators.slice(0, LISTED)
  const row = (label: string, pick: (profiled: readonly Profiled[]) => readonly Profiled[]) => [
    label,
    ...[direct, fast].flatMap((profiled) => {
      const own = pick(profiled)
      return own.length === 0 ? ['–', '–'] : [count(sumOf(own, 'nodes')), count(sumOf(own, 'milliseconds'), 1)]
    }),
  ]
  return {
    heading: title,
    columns: ['operator', 'nodes, direct', 'ms a step, direct', 'nodes, fast', 'ms a step, fast'],
    rows: [
      ...listed.map((operator) => row(operator, (profiled) => profiled.filter((each) => each.operator === operator))),
      row('others', (profiled) => profiled.filter((each) => !listed.includes(each.operator))),
      row('all', (profiled) => profiled),
    ],
    notes: [
      `ONNX Runtime's profile of ${STEPS} steps after one; operators as its optimizer left them. Direct: convolutions as ONNX's own operators; fast: as they are compiled by default.`,
    ],
  }
}
