import { readFileSync } from 'node:fs'

/** Version of Gantry, as written into run folders, checkpoints and manifests. */
export const gantryVersion: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version
