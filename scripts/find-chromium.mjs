import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']

/** Where Chromium is, for tests: what GANTRY_CHROMIUM says, or a program of such a name on the PATH. */
export function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return process.env.GANTRY_CHROMIUM || places.find((place) => existsSync(place))
}
