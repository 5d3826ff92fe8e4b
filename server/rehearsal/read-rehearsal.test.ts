import { describe, expect, it } from 'vitest'
import { AppError } from '../src/kernel/errors.ts'
import { readRehearsal } from './read-rehearsal.ts'

const good = {
  DATABASE_URL: 'postgresql://postkey:topsecret@db/postkey',
  PUBLIC_URL: 'https://mail.example.com',
  POSTKEY_KEY: `new ${Buffer.alloc(32, 7).toString('base64')}`,
}
const clock = 'http://localhost:8413/api/clock'

describe('the settings of a rehearsal', () => {
  it('have a wrapper with the clock of a sandbox, with and without chaos', () => {
    expect(readRehearsal({ ...good, POSTKEY_CLOCK: clock }).wrap).toBeDefined()
    const settings = readRehearsal({ ...good, POSTKEY_CLOCK: ` ${clock} `, POSTKEY_CHAOS: 'before-send:1' })

    expect(settings.clock?.href).toBe(clock)
    expect(settings.config.publicUrl.href).toBe('https://mail.example.com/')
  })

  it.each([{}, { POSTKEY_CLOCK: '', POSTKEY_CHAOS: ' ' }])('have no wrapper without a clock: %j', (env) => {
    expect(readRehearsal({ ...good, ...env })).toMatchObject({ clock: undefined, wrap: undefined })
  })

  it.each([
    [
      'a clock of another machine',
      { POSTKEY_CLOCK: 'http://time.example.com/api/clock' },
      /^POSTKEY_CLOCK .*this machine/,
    ],
    [
      'a clock by a similar name',
      { POSTKEY_CLOCK: 'http://localhost.example.com/api' },
      /^POSTKEY_CLOCK .*this machine/,
    ],
    ['a clock without a server', { POSTKEY_CLOCK: 'file:///etc/clock' }, /^POSTKEY_CLOCK .*this machine/],
    ['chaos without a clock', { POSTKEY_CHAOS: 'before-send:1' }, /^POSTKEY_CHAOS is for rehearsals/],
    ['malformed chaos', { POSTKEY_CLOCK: clock, POSTKEY_CHAOS: 'before-send' }, /^POSTKEY_CHAOS .*step:nth/],
    ['an unknown variable of Postkey', { POSTKEY_CLOCK: clock, POSTKEY_TIME: 'x' }, /^POSTKEY_TIME is not a variable/],
  ])('refuse %s', (_case, env, message) => {
    expect(faults({ ...good, ...env })).toEqual([expect.stringMatching(message)])
  })

  it('report both variables at once', () => {
    expect(faults({ ...good, POSTKEY_CLOCK: 'https://a.example', POSTKEY_CHAOS: '1' })).toHaveLength(2)
  })
})

function faults(env: Record<string, string>): string[] {
  try {
    readRehearsal(env)
  } catch (error) {
    if (error instanceof AppError && error.code === 'config.faulty') return (error.cause as Error).message.split('\n')
    throw error
  }
  throw new TypeError('no faults')
}
