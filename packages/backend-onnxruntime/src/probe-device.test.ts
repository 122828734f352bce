import { decodeModel } from '@gantry/onnx'
import { describe, expect, test } from 'vitest'
import { probeDevice, probeDevices } from './probe-device.ts'
import { probeModel } from './probe-model.ts'

// What a machine has differs; what is said about it does not.
describe('probeDevices', () => {
  test('tells a time or a reason for every device', async () => {
    const probes = await probeDevices()
    expect(probes.map(({ device }) => device)).toEqual(['cpu', 'cuda', 'webgpu'])
    for (const probe of probes) {
      if (probe.available) expect(probe.milliseconds).toBeGreaterThan(0)
      else expect(probe.reason).toMatch(/^[^\n]+$/)
    }
    expect(probes[0]).toMatchObject({ available: true })
  })

  test('asks once', async () => {
    expect(await probeDevice('cpu')).toBe(await probeDevice('cpu'))
  })

  test('uses a model that multiplies a matrix by itself', () => {
    const { graph } = decodeModel(probeModel)
    expect(graph.nodes).toMatchObject([{ operator: 'MatMul', inputs: ['x', 'x'], outputs: ['y'] }])
    expect(graph.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['n', 'n'] }])
  })
})
