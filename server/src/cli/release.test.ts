import { describe, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { VERSION } from '../kernel/version.ts'
import { programOfRelease } from './release.ts'
import { runCli } from './run-cli.ts'

describe('the program of a release', () => {
  it('is called postkey in its help, and lists the command that serves', async () => {
    const { printed } = await run('help')

    expect(printed).toMatch(/^Usage: postkey <command> \[options\]$/m)
    expect(printed).toMatch(/^ {2}serve +Starts the server/m)
    expect(printed).toMatch(/^ {2}start +Starts the server with a PostgreSQL of its own/m)
    expect(printed).toContain('Uses the installation in the environment')
    expect((await run('status', '--help')).printed).toContain('Usage: postkey status [options]')
    expect((await run('help', 'keys')).printed).toContain('Usage: postkey <command>')
  })

  it('serves without opening the installation for a command', async () => {
    expect(await run('serve')).toEqual({ code: 0, printed: '', served: 1, started: 0 })
    expect(await run('start')).toEqual({ code: 0, printed: '', served: 0, started: 1 })
    expect(await run('serve', '--help')).toMatchObject({ code: 0, served: 0 })
  })

  it('refuses --json for the server, whose log is its output', async () => {
    const { code, served, printed } = await run('serve', '--json')

    expect([code, served, JSON.parse(printed)]).toMatchObject([
      2,
      0,
      { error: { code: 'cli.usage', detail: 'postkey serve: This command has no --json output.' } },
    ])
    expect((await run('serve', '--help')).printed).not.toContain('--json')
  })

  it.each([
    [['--version'], VERSION],
    [['version'], VERSION],
    [['--version', '--json'], `{"version":"${VERSION}"}`],
  ])('prints its version for %j', async (argv, printed) => {
    expect(await run(...argv)).toEqual({ code: 0, printed, served: 0, started: 0 })
  })
})

async function run(...argv: string[]) {
  const ran = { printed: '', served: 0, started: 0 }
  const code = await runCli(argv, {
    program: programOfRelease({
      serve: async () => void (ran.served += 1),
      start: async () => void (ran.started += 1),
    }),
    open: () => Promise.reject(new Error('opened')),
    findDatabase: () => Promise.reject(new TypeError('not called')),
    stopSignal: () => new AbortController().signal,
    examineConfig: () => [],
    clock: systemClock,
    print: (text) => (ran.printed += text),
    complain: (text) => (ran.printed += text),
    describe: ({ message }) => message,
  })
  return { code, ...ran }
}
