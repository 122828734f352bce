import { describe, expect, it } from 'vitest'
import { PixelStore } from './pixel-store.ts'

describe('PixelStore', () => {
  it('keeps what fits, and never more than its budget', () => {
    const store = new PixelStore(1_000_000, 12, 40)
    for (let index = 0; index < 1000; index++) store.set(index, new Uint8Array(12).fill(index))
    expect(store.byteLength).toBe(36)
    for (const index of [0, 1, 2]) expect(store.get(index)).toEqual(new Uint8Array(12).fill(index))
    expect(store.get(3)).toBeUndefined()
    expect(store.get(999)).toBeUndefined()
  })

  it('takes no more than the images need', () => {
    expect(new PixelStore(3, 12, 256 * 2 ** 20).byteLength).toBe(36)
  })

  it('has nothing that was not put in', () => {
    const store = new PixelStore(3, 12, 100)
    store.set(1, new Uint8Array(12).fill(7))
    expect(store.get(0)).toBeUndefined()
    expect(store.get(1)).toEqual(new Uint8Array(12).fill(7))
  })

  it('is empty after its release', () => {
    const store = new PixelStore(3, 12, 100)
    store.set(1, new Uint8Array(12))
    store.release()
    store.set(1, new Uint8Array(12))
    expect(store.get(1)).toBeUndefined()
    expect(store.byteLength).toBe(0)
  })
})
