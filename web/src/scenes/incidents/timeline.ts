import type { IncidentEntry } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { shortNames } from './short-names.ts'

/** Sentence for an entry of the timeline. */
export function timelineSentence({ kind, accounts, title, to, by, recipients }: IncidentEntry): string {
  const { timeline: text } = words.incidents
  const names = shortNames(accounts.map(({ address }) => address))
  switch (kind) {
    case 'opened':
      return text.opened(title ?? to ?? '', names)
    case 'reason-changed':
      return text['reason-changed'](title ?? to ?? '')
    case 'joined':
      return text.joined(names)
    case 'left':
      return text.left(names)
    case 'alerted':
    case 'reminded':
    case 'all-clear':
      return text[kind](shortNames(recipients))
    case 'acknowledged':
      return text.acknowledged(by ?? text.formerMember)
    case 'reopened':
    case 'closed':
      return text[kind]
  }
}
