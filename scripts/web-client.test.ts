import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

it('the client of the web UI agrees with the API; if not, run "npm run web:client" and review the difference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'web-client-'))
  try {
    execFileSync(
      process.execPath,
      [resolve('node_modules/@hey-api/openapi-ts/bin/run.js'), '--output', folder, '--silent'],
      { cwd: 'web' },
    )

    expect(filesOf('web/src/api/generated')).toEqual(filesOf(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    globSync('**/*.ts', { cwd: folder })
      .sort()
      // The path of the only external import depends on the folder of the file.
      .map((file) => [
        file,
        readFileSync(join(folder, file), 'utf8').replace(/'[./]+[\w./-]*runtime-config/, "'runtime-config"),
      ]),
  )
}
