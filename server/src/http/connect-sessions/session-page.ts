import type { SettledSession } from '../../connect-sessions/index.ts'
import { fillText, storedReason } from '../../kernel/errors.ts'
import type { ResultPage } from '../oauth/result-page.ts'
import { TEXTS as PAGE_TEXTS } from '../oauth/texts.ts'
import { TEXTS } from './texts.ts'

/** Result page of a connect session: under the name of the program, with a link back to it. */
export function toSessionPage(first: ResultPage, { session, returnTo, isRepeated }: SettledSession): ResultPage {
  const { displayName, status, isFinal, errorCode } = session
  // After the sign-in, the error of a reload says nothing about the session.
  const page = isRepeated ? { ...first, facts: [], explanation: undefined, closing: undefined, next: [] } : first
  const back = returnTo === undefined ? [] : [{ label: fillText(TEXTS.back, { name: displayName }), url: returnTo }]
  const ours = { ...page, brand: displayName, next: [...page.next, ...back] }
  if (status === 'completed') return { ...ours, title: TEXTS.connected, sentence: TEXTS.importing, next: back }
  if (status === 'connecting') return { ...ours, title: TEXTS.connecting, sentence: TEXTS.connectedSoon, next: back }
  if (status === 'canceled' || status === 'expired') {
    const { title, fix: sentence } = storedReason('tokens.sign_in_link_over')
    const closing = fillText(PAGE_TEXTS.closeAskLink, { creator: displayName })
    return { ...ours, title, sentence, closing, next: back }
  }
  if (!isFinal || errorCode === undefined) return ours
  const { title, fix } = storedReason(errorCode)
  return { ...ours, title, sentence: fix, closing: fillText(TEXTS.askAgain, { name: displayName }), next: back }
}
