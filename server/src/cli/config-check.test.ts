import { expect, it } from 'vitest'
import { createCommandLine } from '../../test/cli/command-line.ts'
import { VARIABLES, type Environment } from '../variables.ts'
import type { CliRooms } from './verb.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
const GOOD = {
  DATABASE_URL: 'postgresql://postkey:topsecret@db/postkey',
  PUBLIC_URL: 'https://mail.example.com',
  POSTKEY_KEY: `stored ${KEY}`,
}

it('finds no fault in a valid environment, and opens nothing', async () => {
  const { run, json } = onEnvironment(GOOD)

  const { code, printed, opened } = await run('config', 'check')

  expect([code, opened]).toEqual([0, 0])
  expect(printed).toMatch(/^DATABASE_URL +set$/m)
  expect(printed).toMatch(/^PORT +default: 8400$/m)
  expect(printed).toMatch(/^TRUSTED_PROXIES +not set$/m)
  expect(await json('config', 'check')).toMatchObject({ outcome: 'ok', variables: { length: VARIABLES.length } })
})

it('names each wrong, missing and unknown variable with its fix', async () => {
  const { run, json } = onEnvironment({ ...GOOD, PUBLIC_URL: '', PORT: '0', POSTKEY_RETENTION: '30' })

  const { code, printed } = await run('config', 'check')

  expect(code).toBe(1)
  expect(printed).toMatch(/^PUBLIC_URL +WRONG$/m)
  expect(printed).toMatch(/^PUBLIC_URL is missing\.\nPublic address of Postkey\./m)
  expect(printed).toMatch(/^PORT must be a port from 1 to 65535\.\nThe port to listen on\./m)
  expect(printed).toMatch(/^POSTKEY_RETENTION is not a variable of Postkey\.\nThere are: /m)
  const { variables } = (await json('config', 'check')) as { variables: { name: string; state: string }[] }
  expect(variables.filter(({ state }) => state === 'wrong').map(({ name }) => name)).toEqual([
    'PUBLIC_URL',
    'PORT',
    'POSTKEY_RETENTION',
  ])
})

it('requires no variable for npm start, and still checks those that are set', async () => {
  expect((await onEnvironment({}).run('config', 'check', '--start')).code).toBe(0)
  expect((await onEnvironment({ PORT: 'eighty' }).run('config', 'check', '--start')).code).toBe(1)
  expect((await onEnvironment({}).run('config', 'check')).code).toBe(1)
})

it.each([
  GOOD,
  { DATABASE_URL: 'mysql://postkey:topsecret@db', POSTKEY_KEY: `stored ${KEY}x`, PUBLIC_URL: 'topsecret' },
])('prints no value of the environment: %#', async (env) => {
  const { run } = onEnvironment(env)

  for (const argv of [[], ['--json']]) {
    const { printed, complained } = await run('config', 'check', ...argv)
    expect(`${printed}${complained}`).not.toMatch(new RegExp(`topsecret|${KEY.slice(0, 20)}`))
  }
})

function onEnvironment(env: Environment) {
  return createCommandLine({} as CliRooms, env)
}
