import { expect, it } from 'vitest'
import type { Draft } from '../../../api/client.ts'
import { createDraft } from './create-draft.ts'

const NEW = { emailAccountId: 'a', conversationId: 'c', content: { to: [], cc: [], bcc: [], subject: 'Offer' } }

function answering(status: number) {
  const asked: (string | undefined)[] = []
  const post = ({ conversationId }: { conversationId?: string }) => {
    asked.push(conversationId)
    const failure = Object.assign(new Error(), { status, code: 'http', remedy: 'wait', title: 'No' })
    return conversationId === undefined ? Promise.resolve({ data: { id: 'd' } as Draft }) : Promise.reject(failure)
  }
  return { asked, post }
}

it('creates a new message when the conversation is no longer there for the user', async () => {
  const { asked, post } = answering(404)

  expect(await createDraft(NEW, post)).toEqual({ id: 'd' })
  expect(asked).toEqual(['c', undefined])
})

it('does not leave the conversation because of another failure', async () => {
  const { asked, post } = answering(503)

  await expect(createDraft(NEW, post)).rejects.toMatchObject({ status: 503 })
  expect(asked).toEqual(['c'])
})
