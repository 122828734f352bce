import { float32 } from '@gantry/core'
import { expect, it } from 'vitest'
import { attribute, type Body, type Node } from './graph.ts'
import { renameGraph } from './rename-graph.ts'

const node = (operator: string, inputs: string[], outputs: string[], attributes: Node['attributes'] = {}): Node => ({
  ...{ operator, name: `${operator} of ${outputs}`, inputs, outputs, attributes },
})
const spec = (name: string) => ({ name, dtype: 'float32' as const, shape: [1] })

/** `value`, or a bound and `value`, as `choice` says. */
function choosing(prefix: string): Body {
  const own = (name: string) => `${prefix}${name}`
  const branch = (name: string, nodes: Node[], initializers: Body['initializers'] = new Map()): Body => ({
    ...{ name, inputs: [], outputs: [spec(nodes.at(-1)!.outputs[0]!)], initializers, nodes, valueSpecs: new Map() },
  })
  const renamed = (operator: string, inputs: string[], output: string): Node => {
    const plain = node(
      operator,
      inputs.map((name) => (name === '' ? '' : own(name))),
      [own(output)],
    )
    return { ...plain, name: own(`${operator} of ${output}`) }
  }
  const kept = branch('kept', [renamed('Identity', ['value'], 'same')])
  const bounds = new Map([[own('bound'), float32([], [1])]])
  const bound = branch('bounded', [renamed('Clip', ['value', '', 'bound'], 'clipped')], bounds)
  const branches = { then_branch: attribute.graph(kept), else_branch: attribute.graph(bound) }
  return {
    name: 'choosing',
    inputs: [spec(own('value')), spec(own('choice'))],
    outputs: [spec(own('chosen'))],
    initializers: new Map(),
    nodes: [{ ...renamed('If', ['choice'], 'chosen'), attributes: branches }],
    valueSpecs: new Map([[own('chosen'), { dtype: 'float32', shape: [1] }]]),
  }
}

it('renames what is read, written and held, in the branches of control flow, too, and leaves absent inputs absent', () => {
  expect(renameGraph(choosing(''), (name) => `twin/${name}`)).toEqual(choosing('twin/'))
})
