/** Builds the npm package of the client into `dist/client`. Usage: npm run client-package [-- --target FOLDER] */
import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildClientPackage } from './client-package/build.ts'

try {
  const { values } = parseArgs({
    options: { target: { type: 'string', default: join(import.meta.dirname, '../dist/client') } },
  })
  const target = resolve(values.target)
  mkdirSync(target, { recursive: true })
  const archive = await buildClientPackage({ target, time: Math.floor(Date.now() / 1000) })
  console.log(`${Math.ceil(statSync(archive).size / 1000)} kB: ${archive}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
