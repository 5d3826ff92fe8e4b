import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

describe('the command that starts the sandbox', () => {
  it.each([
    ['--bogus'],
    ['--data'],
    ['--listen', '0.0.0.0'],
    ['--port', '65531'],
    ['--port', 'x'],
    ['--host', '*'],
    ['--host', 'sandbox:8413'],
    ['--notify', 'http://app'],
  ])('answers an invalid call, %s %s, with its usage and no stack trace', async (...words) => {
    const { code, output } = await run(words)

    expect(code).toBe(2)
    expect(output).toContain('Usage: npm run sandbox')
    expect(output).not.toMatch(/^\s+at /m)
  })

  it('names the error in the stored ports, without a stack trace', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-main-'))
    writeFileSync(join(folder, 'ports.json'), '{')

    const { code, output } = await run(['--data', folder])

    rmSync(folder, { recursive: true })
    expect(code).toBe(1)
    expect(output).toContain('ports.json is not JSON')
    expect(output).not.toMatch(/^\s+at /m)
  })
})

function run(words: string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], (error, out, complaint) => {
      resolve({ code: error?.code ?? 0, output: out + complaint })
    })
  })
}
