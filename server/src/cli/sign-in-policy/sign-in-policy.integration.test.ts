/** The sign-in policy at the command line, on a real database. */
import { expect, it } from 'vitest'
import { createCommandLine } from '../../../test/cli/command-line.ts'
import { createTestApp, createTestClock, storeIdentityProvider, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { rooms, person } = await createTestApp(database, clock)
const { run, json } = createCommandLine({ ...rooms, clock } as never)
const { people } = rooms

it('is shown and changed, and has to keep a break-glass admin', async () => {
  const [admin, agent] = [await person('admin'), await person('agent')]
  await database.pool.query(
    `INSERT INTO passkeys (id, user_id, name, public_key, counter, transports, is_synced, is_backed_up, created_at)
     VALUES ('kept', $1, 'Key', '', 0, '{}', false, false, $2)`,
    [admin.id, clock.now()],
  )
  await storeIdentityProvider(database)
  const set = ['--only-by-provider', 'on', '--break-glass', admin.email.toUpperCase(), '--second-factor', 'everyone']
  const policy = {
    ...{ onlyByProvider: true, secondFactorFor: 'everyone', lockedOut: [{ email: agent.email }] },
    admins: [{ email: admin.email, isBreakGlass: true, hasTwoFactors: true }],
  }
  expect(await json('sign-in-policy', 'set', ...set)).toMatchObject(policy)
  expect(await json('sign-in-policy', 'show')).toMatchObject(policy)
  const [entry] = await people.audit.list({ actions: ['sign_in_policy.changed'], limit: 1 })
  expect(entry).toMatchObject({ actor: 'cli' })
  const { printed } = await run('sign-in-policy', 'show')
  expect(printed).toContain('Sign-in only by Microsoft or OpenID: on')
  expect(printed).toContain(`Can’t sign in, without a linked identity: ${agent.email}`)
  const refused = [await run('sign-in-policy', 'set', '--break-glass', 'none')]
  refused.push(await run('user', 'reset-factors', admin.email))
  for (const { complained } of refused) expect(complained).toContain('people.last_break_glass')
  expect((await run('user', 'reset-password', agent.email)).complained).toContain('people.password_link_useless')
  const off = await run('sign-in-policy', 'set', '--only-by-provider', 'off', '--break-glass', 'none')
  expect(off).toMatchObject({ code: 0, printed: expect.stringContaining('OpenID: off') as string })
})

it('takes a time for the second factor, and keeps the announced one without it', async () => {
  const at = new Date(clock.now().getTime() + 24 * 60 * 60 * 1000).toISOString()
  const set = (...options: string[]) => json('sign-in-policy', 'set', ...options)
  const announced = { secondFactorFor: 'everyone', secondFactorFrom: at }
  expect(await set('--second-factor', 'no-one')).toMatchObject({ secondFactorFor: 'no-one' })
  expect(await set('--second-factor', 'everyone', '--second-factor-from', at)).toMatchObject(announced)
  expect(await set('--second-factor', 'everyone')).toMatchObject(announced)
  expect(await set('--second-factor-from', 'now')).toMatchObject({ secondFactorFrom: clock.now().toISOString() })
})

it.each([
  [['--second-factor-from', 'tomorrow']],
  [[]],
  [['--only-by-provider', 'maybe']],
  [['--second-factor', 'all']],
  [['--break-glass', ',']],
])('refuses the options %j', async (options) => {
  expect((await run('sign-in-policy', 'set', ...options)).code).toBe(2)
})
