import { count, milliseconds, percent } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

const STEPS = 3
/** Kinds of node that get a line of their own. */
const LISTED = 10

/** Where the time of Gantry's steps goes. */
export const profileTable: BenchTable = {
  name: 'profile',
  title: 'Time by kind of node',
  async measure(bench) {
    const data = []
    for (const { name, title } of bench.options.cases) {
      bench.log(`profile: ${name}`)
      const { operators } = await bench.task('profile', { case: name, threads: bench.options.threads, steps: STEPS })
      const totalMs = operators.reduce((sum, each) => sum + each.milliseconds, 0)
      data.push({
        case: name,
        title,
        totalMs: rounded(totalMs, 1),
        operators: operators.map((each) => ({
          ...each,
          milliseconds: rounded(each.milliseconds, 2),
          share: rounded(each.milliseconds / totalMs, 4),
        })),
      })
    }
    return {
      data,
      sections: data.map(({ title, totalMs, operators }) => {
        const [listed, others] = [operators.slice(0, LISTED), operators.slice(LISTED)]
        const sum = (key: 'nodes' | 'milliseconds' | 'share') => others.reduce((total, each) => total + each[key], 0)
        const rest = { operator: 'others', nodes: sum('nodes'), milliseconds: sum('milliseconds'), share: sum('share') }
        return {
          heading: title,
          columns: ['operator', 'nodes', 'ms a step', 'share'],
          rows: [...listed, ...(others.length > 0 ? [rest] : [])].map((each) => [
            each.operator,
            count(each.nodes),
            count(each.milliseconds, 1),
            percent(each.share),
          ]),
          notes: [
            `${milliseconds(totalMs)} ms together: ONNX Runtime's profile of ${STEPS} steps after one; operators as its optimizer left them.`,
          ],
        }
      }),
    }
  },
}
