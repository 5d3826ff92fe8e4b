import { expect, it } from 'vitest'
import type { RotationResult } from '../cloud-providers/index.ts'
import { systemClock } from '../kernel/clock.ts'
import { parseKeyFile } from '../kernel/key-file.ts'
import { runCli } from './run-cli.ts'
import type { CliRooms, CliOpenOptions } from './verb.ts'

const DONE: RotationResult = {
  currentKeyId: 'new',
  resealed: 3,
  unreadable: [],
  behind: 0,
  canBeDropped: ['old'],
  stillNeeded: [],
}

it('reports the re-encrypted rows and the key that can be removed', async () => {
  const { code, printed } = await run(['keys', 'rotate'])

  expect(code).toBe(0)
  expect(printed).toEqual([
    'grants: 3 re-encrypted',
    '3 rows re-encrypted with new.\nAfter every server has restarted with the new key file, you can remove these keys from it: old.',
  ])
  expect((await run(['keys', 'rotate', '--json'])).printed).toEqual([JSON.stringify(DONE)])
})

it.each<[string, Partial<RotationResult>, string]>([
  ['what no key opens', { unreadable: [{ table: 'grants', count: 2 }] }, 'grants: 2 can’t be decrypted'],
  ['a server that seals under an older key', { behind: 1 }, 'restart the servers'],
])('reports an incomplete rotation when there is %s', async (_what, change, said) => {
  const { code, printed } = await run(['keys', 'rotate'], { ...DONE, ...change })

  expect(code).toBe(1)
  expect(printed.at(-1)).toContain(said)
})

it('generates a line for the key file without opening the installation', async () => {
  const { code, printed, opened } = await run(['keys', 'make'])

  expect([code, opened]).toEqual([0, []])
  expect(parseKeyFile(printed[0]!)).toMatchObject([{ key: { length: 32 } }])
})

it('gives up only the named key, and lists the erasures to repeat', async () => {
  const { code, printed, opened } = await run(['keys', 'give-up', 'lost'])

  expect([code, opened]).toEqual([0, [{ giveUpKey: 'lost' }]])
  expect(printed[0]).toContain('entered again')
  expect(printed[1]).toContain(`again. Erasures:\n2026-01-02T03:04:05.000Z erasure-1`)
  const [answer] = (await run(['keys', 'give-up', 'lost', '--json'])).printed
  const erasuresToRepeat = [{ id: 'erasure-1', startedAt: '2026-01-02T03:04:05.000Z' }]
  expect(JSON.parse(answer!)).toEqual({ givenUp: 'lost', erasuresToRepeat })
})

it.each(['keys', 'keys give-up', 'keys rotate now', 'keys eat'])(
  'does not open the installation for %s',
  async (command) => {
    const { code, opened } = await run(command.split(' '))

    expect([code, opened]).toEqual([2, []])
  },
)

async function run(argv: string[], result: RotationResult = DONE) {
  const said = { printed: [] as string[], opened: [] as (CliOpenOptions | undefined)[] }
  const rooms = {
    keyRotation: {
      rotate: (onProgress: (progress: { table: string; resealed: number }) => void) => {
        onProgress({ table: 'grants', resealed: 3 })
        return Promise.resolve(result)
      },
    },
    retention: {
      erasures: {
        listUnprotected: () => Promise.resolve([{ id: 'erasure-1', startedAt: new Date('2026-01-02T03:04:05Z') }]),
      },
    },
  } as unknown as CliRooms
  const code = await runCli(argv, {
    open(options) {
      said.opened.push(options)
      return Promise.resolve({ rooms, close: () => Promise.resolve() })
    },
    examineConfig: () => [],
    findDatabase: () => Promise.reject(new TypeError('not called')),
    stopSignal: () => new AbortController().signal,
    clock: systemClock,
    print: (text) => said.printed.push(text),
    complain: () => undefined,
    describe: (error) => error.message,
  })
  return { code, ...said }
}
