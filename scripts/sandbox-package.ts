/** Builds the npm package of the sandbox into `dist/sandbox`. Usage: npm run sandbox-package [-- --target FOLDER] */
import { mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSandboxPackage } from './sandbox-package/build.ts'

try {
  const { values } = parseArgs({
    options: { target: { type: 'string', default: join(import.meta.dirname, '../dist/sandbox') } },
  })
  const target = resolve(values.target)
  mkdirSync(target, { recursive: true })
  const archive = await buildSandboxPackage({ target, time: Math.floor(Date.now() / 1000) })
  console.log(`${(statSync(archive).size / 1_000_000).toFixed(1)} MB: ${archive}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
