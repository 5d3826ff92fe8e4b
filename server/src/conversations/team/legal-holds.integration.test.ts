import { describe, expect, it } from 'vitest'
import { createMailStage } from '../../../test/conversations/mail-stage.ts'
import { createAudit } from '../../audit/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import { createConversations } from '../index.ts'

const { database, clock, events, newAccount, mail, file, started } = await createMailStage()
const audit = createAudit(database, clock)
const { team } = createConversations({ database, clock, events, audit })
const ANNA = 'person:anna'

async function heldConversation(reason = 'Case 4711') {
  const account = await newAccount()
  const conversation = await started(account)
  await team.hold(conversation.id, reason, ANNA)
  return { account, ...conversation }
}

const kindsOf = async (id: ConversationId) =>
  (await events.list({ emailAccountIds: 'all', subjectId: id })).events.map(({ kind }) => kind)

async function deletionOf(table: 'conversations' | 'messages' | 'email_accounts', id: string) {
  const outcome = database.db
    .deleteFrom(table)
    .where('id', '=', id as never)
    .execute()
  return outcome.then(
    () => 'deleted',
    (error: unknown) => (error as { code?: string }).code,
  )
}

describe('a legal hold', () => {
  it('is set, changed and removed with the reason in the audit, and once each in the history', async () => {
    const { id, now } = await started(await newAccount())
    expect((await team.hold(id, 'Case 4711', ANNA)).legalHold).toEqual({ reason: 'Case 4711', by: ANNA, at: clock.now() }) // prettier-ignore
    await team.hold(id, 'Case 4711', 'person:ben')
    expect((await now()).legalHold?.by).toBe(ANNA)
    await team.hold(id, 'Case 4712', 'person:ben')
    expect((await team.removeHold(id, ANNA)).legalHold).toBeUndefined()
    await team.removeHold(id, ANNA)
    const entries = await audit.list({ subject: id, limit: 10 })
    expect(entries.map(({ actor, action, detail }) => [actor, action, detail]).reverse()).toMatchObject([
      [ANNA, 'conversation.legal_hold_placed', { reason: 'Case 4711' }],
      ['person:ben', 'conversation.legal_hold_placed', { reason: 'Case 4712', from: 'Case 4711' }],
      [ANNA, 'conversation.legal_hold_removed', { reason: 'Case 4712' }],
    ])
    expect((await kindsOf(id)).filter((kind) => kind.includes('legal_hold'))).toEqual([
      'conversation.legal_hold_placed',
      'conversation.legal_hold_placed',
      'conversation.legal_hold_removed',
    ])
  })

  it('makes the database refuse to delete the conversation, its messages and its mailbox, until it is removed', async () => {
    const { account, id, messageId } = await heldConversation()
    await team.setPlace(id, 'deleted', ANNA)
    const refusals = [
      await deletionOf('conversations', id),
      await deletionOf('messages', messageId),
      await deletionOf('email_accounts', account.id),
    ]
    expect(refusals).toEqual(Array(3).fill('conversations.on_legal_hold'))
    await team.removeHold(id, ANNA)
    expect(await deletionOf('messages', messageId)).toBe('deleted')
    expect(await deletionOf('email_accounts', account.id)).toBe('deleted')
  })

  it('passes to the conversation that takes in the messages, with both reasons where both are held', async () => {
    const { account, id } = await heldConversation()
    const other = await started(account)
    const third = await started(account)
    await team.hold(third.id, 'Case 47110', 'person:ben')
    expect((await team.merge(id, other.id, ANNA)).legalHold).toMatchObject({ reason: 'Case 4711', by: ANNA })
    const both = (await team.merge(other.id, third.id, ANNA)).legalHold
    expect(both).toMatchObject({ reason: 'Case 47110\nCase 4711', by: 'person:ben' })
    expect((await other.now()).legalHold).toBeUndefined()
  })

  it('states a reason once after a split and a merge, with the first person and time of those that join', async () => {
    const { account, id, reply } = await heldConversation()
    const second = await file(account, mail(reply))
    const split = await team.split(id, [second.messageId], ANNA)
    const whole = await team.merge(split.id, id, ANNA)
    expect(whole.legalHold?.reason).toBe('Case 4711')
    const late = await started(account)
    const { legalHold } = await team.hold(late.id, 'Case 4711', 'person:aaron')
    const target = await started(account)
    expect((await team.merge(late.id, target.id, ANNA)).legalHold).toEqual(legalHold)
  })

  it('stays on messages that are split off', async () => {
    const { account, id, reply } = await heldConversation()
    const second = await file(account, mail(reply))
    expect((await team.split(id, [second.messageId], ANNA)).legalHold).toMatchObject({ reason: 'Case 4711', by: ANNA })
  })
})
