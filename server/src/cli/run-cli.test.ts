import { describe, expect, it } from 'vitest'
import { systemClock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'
import { helpVerb } from './help.ts'
import { runCli } from './run-cli.ts'
import type { CliRooms } from './verb.ts'
import { VERBS } from './verbs.ts'

describe('a command at the terminal', () => {
  it('lists its verbs without opening the installation', async () => {
    const { code, printed, opened } = await run(['--help'])

    expect([code, opened]).toEqual([0, 0])
    expect(printed).toMatch(/^ {2}status +Lists /m)
  })

  it.each([
    ['one verb', ['help', 'keys', 'give-up'], 'Usage: npm run postkey -- keys give-up KEY'],
    ['the verbs below a verb', ['backup', '--help'], 'backup verify FILE'],
    ['the verbs of a group', ['keys', '--help'], 'keys rotate'],
    ['the verbs of a group, by help', ['help', 'keys'], 'keys rotate'],
  ])('describes %s by help', async (_what, argv, shown) => {
    const { code, printed, opened } = await run(argv)

    expect([code, opened]).toEqual([0, 0])
    expect(printed).toContain(shown)
    expect(printed).not.toContain('status')
  })

  it('says the shape of its output and the exit codes in the help of a verb', async () => {
    const { printed } = await run(['help', 'keys', 'make'])

    expect(printed).toContain('Output with --json: { line: string }')
    expect(printed).toContain('Exit codes: 0 ')
  })

  it('lists all verbs with their output as JSON', async () => {
    const { code, printed } = await run(['--json', 'help'])

    const { commands } = helpVerb.shape!.parse(JSON.parse(printed)) as { commands: { name: string; output: string }[] }
    expect(code).toBe(0)
    expect(commands.map(({ name }) => name)).toEqual(VERBS.map(({ name }) => name))
    expect(commands.find(({ name }) => name === 'keys make')?.output).toBe('{ line: string }')
  })

  it('describes one verb', async () => {
    const { code, printed, opened } = await run(['status', '--help'])

    expect([code, opened]).toEqual([0, 0])
    expect(printed).toContain('Usage: npm run postkey -- status [options]')
  })

  it.each([
    ['a verb that is none', ['heal'], 'There is no command "heal"'],
    ['a verb that its group lacks', ['keys', 'eat'], 'There are: keys rotate, keys make, keys give-up.'],
    ['a group with an option', ['keys', '--fast'], 'There is no command "keys --fast"'],
    ['a missing word', ['keys', 'give-up'], 'KEY is missing'],
    ['help for a verb that is none', ['help', 'heal'], 'There is no command "heal"'],
    ['an option that is none', ['status', '--fast'], '--fast'],
    ['a backup to nowhere', ['backup'], 'FILE|FOLDER is missing'],
    ['a restore of nothing', ['restore'], 'FILE is missing'],
    ['an argument too many', ['status', 'now'], 'Unexpected argument "now"'],
  ])('refuses %s before the installation is opened', async (_what, argv, said) => {
    const { code, complained, opened } = await run(argv)

    expect([code, opened]).toEqual([2, 0])
    expect(complained).toContain(said)
    expect(complained).toContain('--help')
  })

  it('names the fault of a command line to programs', async () => {
    const { code, printed } = await run(['status', 'now', '--json'])

    expect(code).toBe(2)
    expect(JSON.parse(printed)).toMatchObject({
      error: { code: 'cli.usage', detail: expect.stringContaining('Unexpected argument "now"') as string },
    })
  })

  it('prints an error as title and fix, or as JSON', async () => {
    const broken = () => Promise.reject(new AppError('database.unavailable'))

    const forPeople = await run(['status'], broken)
    const forMachines = await run(['status', '--json'], broken)

    expect(forPeople.code).toBe(3)
    expect(forPeople.complained).toBe('The database does not answer: database.unavailable')
    expect(forMachines).toMatchObject({ code: 3, complained: '' })
    expect(JSON.parse(forMachines.printed)).toMatchObject({
      error: { code: 'database.unavailable', remedy: 'wait', title: 'The database does not answer' },
    })
  })

  it('closes all that it opened, even when the verb fails', async () => {
    const fails = { emailAccounts: { list: () => Promise.reject(new AppError('database.unavailable')) } }

    const { code, closed } = await run(['status'], () => Promise.resolve({ ...EMPTY, ...fails } as unknown as CliRooms))

    expect([code, closed]).toEqual([3, 1])
  })

  it('keeps its result and prints the error when something it opened can’t be closed', async () => {
    const { code, complained } = await run(['status'], undefined, () =>
      Promise.reject(new AppError('database.unavailable')),
    )

    expect([code, complained]).toEqual([0, 'The database does not answer: database.unavailable'])
  })

  it.each([
    ['kernel.unexpected', 'cli.stopped'],
    ['backup.restored_not_upgraded', 'backup.restored_not_upgraded'],
  ] as const)('reports %s after a stop as %s', async (thrown, reported) => {
    const now = () => {
      throw new AppError(thrown)
    }
    const { printed } = await run(['backup', 'file', '--json'], undefined, undefined, {
      findDatabase: () => Promise.resolve({ url: new Secret('url'), leave: () => Promise.resolve() }),
      stopSignal: () => AbortSignal.abort(),
      clock: { ...systemClock, now },
    })

    expect(JSON.parse(printed)).toMatchObject({ error: { code: reported } })
  })

  it.each([
    ['those of the environment', ['age1'], [], 'backup.recipient_invalid'],
    ['those of --recipient instead', ['age1'], ['--recipient', RECIPIENT], 'backup.file_exists'],
    ['never to none of an empty --recipient', [], ['--recipient', ''], 'backup.recipient_invalid'],
  ])('encrypts a backup to public keys: %s', async (_what, recipients, option, reported) => {
    const { printed } = await run(['backup', import.meta.filename, '--json', ...option], undefined, undefined, {
      findDatabase: () => Promise.resolve({ url: new Secret('url'), leave: () => Promise.resolve() }),
      backupRecipients: () => recipients,
    })

    expect(JSON.parse(printed)).toMatchObject({ error: { code: reported } })
  })
})

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'

const EMPTY = {
  cloudProviders: { list: () => Promise.resolve([]) },
  emailAccounts: { list: () => Promise.resolve([]) },
} as unknown as CliRooms

async function run(
  argv: string[],
  rooms: () => Promise<CliRooms> = () => Promise.resolve(EMPTY),
  close: () => Promise<void> = () => Promise.resolve(),
  others: Partial<Parameters<typeof runCli>[1]> = {},
) {
  const said = { printed: '', complained: '', opened: 0, closed: 0 }
  const code = await runCli(argv, {
    async open() {
      said.opened += 1
      const opened = await rooms()
      return {
        rooms: opened,
        close: () => {
          said.closed += 1
          return close()
        },
      }
    },
    examineConfig: () => [],
    findDatabase: () => Promise.reject(new TypeError('not called')),
    stopSignal: () => new AbortController().signal,
    clock: systemClock,
    print: (text) => (said.printed += text),
    complain: (text) => (said.complained += text),
    describe: (error) =>
      error.cause instanceof Error ? `${error.cause.message} ${error.fix}` : `${error.message}: ${error.code}`,
    ...others,
  })
  return { code, ...said }
}
