import { describe, expect, it } from 'vitest'
import { engines, findEngine, listEngines } from './registry.ts'

describe('findEngine', () => {
  it('finds every engine, the first by auto, with each of its devices', () => {
    expect(findEngine('auto')).toBe(engines[0])
    for (const engine of engines) {
      for (const device of ['auto', ...engine.devices]) expect(findEngine(engine.name, device)).toBe(engine)
    }
  })

  it.each([
    ['onnxrutime', 'auto', 'ENGINE_UNKNOWN', /no engine 'onnxrutime'\. Did you mean 'onnxruntime'\?/],
    ['torch', 'auto', 'ENGINE_UNKNOWN', /Use one of: auto, onnxruntime, tfjs/],
    ['onnxruntime', 'webgp', 'DEVICE_UNKNOWN', /no device 'webgp'\. Did you mean 'webgpu'\?/],
    ['tfjs', 'webgpu', 'DEVICE_UNAVAILABLE', /tfjs has the devices cpu, cuda, but 'webgpu'.*--engine onnxruntime/],
  ])('refuses %s on %s: %s', (name, device, code, message) => {
    expect(() => findEngine(name, device)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})

describe('listEngines', () => {
  it('tries every engine on devices that it has, and says why one does not work', async () => {
    const listed = await listEngines()
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(engines.map(({ name }) => name)))
    for (const { name, device, detail } of listed) {
      expect(findEngine(name).devices).toContain(device)
      expect(detail).not.toBe('')
    }
    expect(listed).toContainEqual(expect.objectContaining({ name: 'onnxruntime', device: 'cpu', available: true }))
  })
})
