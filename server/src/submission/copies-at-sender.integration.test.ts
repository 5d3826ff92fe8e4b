import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const outbox = () => outboxForTest(database, { serverFor: (clock) => new StrictMessageServer(clock) })

describe('a message whose Sent copy is in the mailbox of the principal that sends for the mailbox', () => {
  it.each(['after dot', 'before hasCopyAtSender'])(
    'is recognized as sent after the connection was cut %s',
    async (boundary) => {
      const { submit, settle, submissions, server } = await outbox()
      Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopiesAtSender: true })
      const left = ['after dot', boundary]
      server.faults = { at: (name) => (left[0] === name && left.shift() ? 'cut' : undefined) }
      const { id, messageId } = await submit()

      await settle()

      expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
      expect(server.delivered).toEqual([messageId])
      expect(server.copiesOf(messageId)).toMatchObject([{ by: 'us' }])
    },
  )

  it('is unknown if that mailbox does not respond', async () => {
    const { submit, settle, submissions, server } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopiesAtSender: true })
    let cuts = 1
    server.faults = {
      at: (name) => {
        if (name === 'before hasCopyAtSender') return 'unavailable'
        return name === 'after dot' && cuts-- > 0 ? 'cut' : undefined
      },
    }
    const { id, messageId } = await submit()

    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'unknown', reason: 'submission.outcome_unclear' })
    expect(server.delivered).toEqual([messageId])
  })

  it('is recognized as sent even if the mailbox switched to sending by drafts', async () => {
    const { submit, workOnce, settle, submissions, server } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopiesAtSender: true })
    let cuts = 1
    server.faults = { at: (name) => (name === 'after dot' && cuts-- > 0 ? 'cut' : undefined) }
    const { id, messageId } = await submit()
    await workOnce()
    const bySmtp = server.transport()
    server.transport = () => ({ ...bySmtp, sending: bySmtp.drafts! })

    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toEqual([messageId])
  })

  it('is recognized as sent instead of being sent again on request', async () => {
    const { submit, settle, submissions, server } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopiesAtSender: true })
    let cuts = 1
    server.faults = { at: (name) => (name === 'after dot' && cuts-- > 0 ? 'cut' : undefined) }
    const { id, messageId } = await submit()
    server.copyAtSenderIsLate = true
    await settle()
    expect(await submissions.get(id)).toMatchObject({ state: 'unknown' })

    server.copyAtSenderIsLate = false
    await submissions.decideUnknown(id, 'send-again')
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toEqual([messageId])
  })
})
