import { expect, it } from 'vitest'
import { GraphBuilder } from '../graph-builder.ts'
import { type Pass, untilStable } from './until-stable.ts'

it('runs passes in turn until each has changed nothing since the last change', () => {
  const ran: string[] = []
  const pass =
    (name: string, changes: number): Pass =>
    (graph) => {
      ran.push(name)
      return changes-- > 0 ? { ...graph, name: `${graph.name}${name}` } : graph
    }
  const graph = new GraphBuilder('g').build()
  expect(untilStable(graph, [pass('a', 2), pass('b', 0), pass('c', 1)]).name).toBe('gaca')
  expect(ran.join('')).toBe('abcabca')
  expect(untilStable(graph, [pass('d', 0)])).toBe(graph)
})
