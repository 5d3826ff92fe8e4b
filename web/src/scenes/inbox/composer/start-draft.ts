import { showNotice } from '../../../components/show-notice.ts'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  getEmailAccountsId,
  getSignature,
  getEmailAccountsIdIdentities,
  getMessagesId,
  getMessagesIdAnswer,
  type Draft,
  type Identity,
} from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { awaitField, endAwaiting } from '../../../keyboard/awaited-field.ts'
import { useMe } from '../../../session/session.ts'
import { words } from '../../../words/index.ts'
import { comingAlong, localDrafts } from './local-drafts.ts'
import { joinMessage, type Quotation } from './message-parts.ts'
import { withIdentity } from './composer-content.ts'

export type AnswerKind = 'reply' | 'reply-all' | 'forward'

type Start = { accountId: string } | { messageId: string; kind: AnswerKind }

/** Time within which the page of an address is drawn. */
const MOUNTED_MS = 1000

const NOBODY = { to: [], cc: [], bcc: [] }

/** Starts a message and opens it in the composer, next to its conversation. The first input saves it. */
export function useStartDraft() {
  const open = useOpenDraft()
  const { name } = useMe()

  const start = useMutation({
    mutationFn: (wanted: Start) =>
      'messageId' in wanted ? answer(wanted.messageId, wanted.kind, name) : newMessage(wanted.accountId, name),
    onSuccess: (draft) => open(draft),
    onError: (error) => {
      endAwaiting()
      const { title, fix } = toProblem(error)
      showNotice({ color: 'red', title: words.composer.notBegun, message: `${title}. ${fix}` })
    },
  })
  const begin = (wanted: Start) => {
    if (start.isPending) return
    awaitField()
    start.mutate(wanted)
  }
  return {
    startNew: (accountId: string) => begin({ accountId }),
    startAnswer: (messageId: string, kind: AnswerKind) => begin({ messageId, kind }),
  }
}

/** Opens a draft in the composer, from any page. */
export function useOpenDraft() {
  const navigate = useNavigate()
  return async ({ id, conversationId }: { id: string; conversationId?: string }) => {
    const end = awaitField()
    const search = (now: object) => ({ ...now, draft: id })
    await (conversationId === undefined
      ? navigate({ to: '/inbox', search })
      : navigate({ to: '/inbox/$conversationId', params: { conversationId }, search }))
    // From now on, the composer waits itself. It is absent if the user went elsewhere meanwhile.
    setTimeout(end, MOUNTED_MS)
  }
}

export function useOpenConversation() {
  const navigate = useNavigate()
  return async (conversationId: string) => navigate({ to: '/inbox/$conversationId', params: { conversationId } })
}

async function newMessage(emailAccountId: string, agent: string): Promise<Draft> {
  const content = { ...NOBODY, subject: '', ...(await begun(emailAccountId, agent)) }
  return localDrafts.begin({ emailAccountId, content })
}

async function answer(messageId: string, kind: AnswerKind, agent: string): Promise<Draft> {
  const path = { id: messageId }
  const [{ data: message }, { data: beginning }] = await Promise.all([
    getMessagesId({ path }),
    getMessagesIdAnswer({ path, query: { kind, ...quotationStyle() } }),
  ])
  const { emailAccountId, conversationId, hasAttachments } = message
  const { to, cc, subject, quotedHtml, quotedText, identityId } = beginning
  const content = {
    ...{ ...NOBODY, to, cc, subject },
    ...(await begun(emailAccountId, agent, { identityId, quotation: { html: quotedHtml, text: quotedText } })),
    // Set for forwards too: they stay in their conversation, and replies return there.
    inReplyTo: messageId,
    answerKind: kind,
  }
  const draft = localDrafts.begin({ emailAccountId, conversationId, content })
  if (kind === 'forward' && hasAttachments) comingAlong.add(draft.id, messageId)
  return draft
}

/** Language and time zone of this browser, for the line above a quotation. */
export function quotationStyle(): { language: string; timeZone: string } {
  return { language: navigator.language, timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone }
}

/** An empty message in the requested or default sender name, with its signature. */
async function begun(
  accountId: string,
  agent: string,
  { identityId, quotation }: { identityId?: string; quotation?: Quotation } = {},
): Promise<{ identityId?: string; text?: string; html: string }> {
  const [identity, { data: account }, { data: own }] = await Promise.all([
    findIdentity(accountId, identityId),
    getEmailAccountsId({ path: { id: accountId } }),
    getSignature(),
  ])
  const format = account.writesPlainText ? 'text' : 'html'
  const { signature } = identity ? withIdentity(identity, { name: agent, own }) : {}
  return {
    ...(identity && { identityId: identity.id }),
    ...joinMessage({ format, own: '', ...(signature && { signature }), ...(quotation && { quotation }) }),
  }
}

/** The requested sender name, or the default. */
export async function findIdentity(accountId: string, wanted?: string): Promise<Identity | undefined> {
  const { identities } = (await getEmailAccountsIdIdentities({ path: { id: accountId } })).data
  return identities.find(({ id, isDefault }) => (wanted === undefined ? isDefault : id === wanted))
}
