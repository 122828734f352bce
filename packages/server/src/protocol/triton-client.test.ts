import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { it } from 'vitest'
import { tinyServer } from '../testing/tiny-server.ts'

const python = process.env.GANTRY_PYTHON ?? 'python3'
const isThere = spawnSync(python, ['-c', 'import tritonclient.http, numpy']).status === 0

it.skipIf(!isThere)(
  "Triton's own client gets what it asks for; without it: pip install 'tritonclient[http]', and GANTRY_PYTHON may name the Python that has it",
  async () => {
    const tiny = await tinyServer()
    try {
      const { port } = await tiny.server.listen({ port: 0 })
      // It throws with what Python says.
      await promisify(execFile)(python, [join(import.meta.dirname, '../testing/triton-client.py'), `127.0.0.1:${port}`])
    } finally {
      await tiny.close()
    }
  },
)
