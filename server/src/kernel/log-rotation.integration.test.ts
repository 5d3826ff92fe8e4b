/** The log of a running process, rotated by the logrotate configuration of docs/admin/running.md. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { WAIT } from '../../test/kit/index.ts'

const PROGRAM = `import { createInterface } from 'node:readline'
import { createLog, rotatingFile } from ${JSON.stringify(new URL('log.ts', import.meta.url).href)}
const [, path] = process.argv
const log = createLog(path ? { destination: { ...rotatingFile(path), maxBytes: 300 } } : {})
createInterface({ input: process.stdin }).on('line', (line) => log.info(line))`
const PATH = [process.env.PATH, '/usr/sbin'].join(':')
const hasLogrotate = spawnSync('logrotate', ['--version'], { env: { PATH } }).status === 0
const folder = mkdtempSync(join(tmpdir(), 'postkey-rotation-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the log of a running process', () => {
  it.skipIf(!hasLogrotate)(
    `continues in its file after logrotate${hasLogrotate ? '' : ' (skipped: logrotate is not installed)'}`,
    async () => {
      const file = join(folder, 'postkey.log')
      const page = readFileSync(join(import.meta.dirname, '../../../docs/admin/running.md'), 'utf8')
      const [, documented] = /```logrotate\n([\s\S]*?)```/.exec(page)!
      const config = join(folder, 'logrotate.conf')
      writeFileSync(config, documented!.replace('/var/log/postkey/postkey.log', file), { mode: 0o644 })
      const output = openSync(file, 'a', 0o600)
      const { child, say } = start([], output)
      closeSync(output)

      say('first')
      await vi.waitFor(() => expect(messagesIn(file)).toEqual(['first']), WAIT)
      execFileSync('logrotate', ['--force', '--state', join(folder, 'state'), config], { env: { PATH } })
      say('second')
      await vi.waitFor(() => expect(messagesIn(file)).toEqual(['second']), WAIT)
      expect(messagesIn(`${file}.1`)).toEqual(['first'])
      await end(child)
    },
  )

  it('is rotated by Postkey when it has a file of its own', async () => {
    const file = join(folder, 'own.log')
    const { child, say } = start([file], 'ignore')
    const texts = ['first', 'second', 'third', 'fourth'].map((text) => `${text} ${'x'.repeat(200)}`)
    for (const text of texts) {
      say(text)
      await vi.waitFor(() => expect(messagesIn(file).at(-1)).toBe(text), WAIT)
    }
    const kept = [`${file}.3`, `${file}.2`, `${file}.1`, file].filter((path) => existsSync(path)).flatMap(messagesIn)
    expect(kept).toEqual(texts)
    expect(existsSync(`${file}.1`)).toBe(true)
    await end(child)
  })
})

function start(argv: string[], output: number | 'ignore') {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, '--', ...argv], {
    stdio: ['pipe', output, 'inherit'],
  })
  return { child, say: (line: string) => child.stdin!.write(`${line}\n`) }
}

async function end(child: ReturnType<typeof spawn>): Promise<void> {
  const ended = once(child, 'exit')
  child.stdin!.end()
  expect(await ended).toEqual([0, null])
}

/** Fails when a line is damaged. */
function messagesIn(file: string): string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  return lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
}
