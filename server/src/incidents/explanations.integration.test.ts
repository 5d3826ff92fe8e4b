import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { createStage, SECOND_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)
afterAll(() => stage.close())

it('explains the oldest reply of a server whose code is the code of the incident, for readers of any mailbox', async () => {
  const cloudProviderId = await stage.provider()
  const [first, second, third] = await stage.accounts(3, { cloudProviderId })
  for (const { id } of [first!, second!, third!]) {
    await stage.account(id, 'needs-admin', 'cloud_providers.secret_expired')
    await stage.pass(SECOND_MS)
  }
  const reply = (id: string, code: number) =>
    database.pool.query('UPDATE email_accounts SET state_upstream = $2 WHERE id = $1', [id, { errorCodes: [code] }])
  const said = async () => {
    const { incidents } = await stage.incidents.list({ emailAccountIds: [third!.id], limit: 10 })
    return incidents[0]!.words.said
  }

  await reply(second!.id, 7000222)
  await reply(third!.id, 700016)
  expect(await said()).toBe('AADSTS7000222')
  await reply(first!.id, 700016)
  expect(await said()).toBe('AADSTS700016')

  await database.pool.query("UPDATE email_accounts SET state_reason = 'tokens.grant_ended' WHERE id = $1", [first!.id])
  expect(await said()).toBe('AADSTS7000222')
})
