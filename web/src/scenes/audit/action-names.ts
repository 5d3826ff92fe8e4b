import type { AuditEntry } from '../../api/client.ts'
import { words } from '../../words/index.ts'

/** Actions with their names, such as "Mailbox: retention changed", in alphabetical order. */
export function listActionNames(): { value: AuditEntry['action']; label: string }[] {
  const actions = Object.keys(words.audit.sentences) as AuditEntry['action'][]
  return actions
    .map((value) => ({ value, label: actionName(value) }))
    .toSorted((one, other) => one.label.localeCompare(other.label))
}

function actionName(action: string): string {
  const [thing = '', happened = ''] = action.split('.')
  return `${words.audit.actionThings[thing] ?? capital(spaced(thing))}: ${spaced(happened)}`
}

function spaced(code: string): string {
  return code.replaceAll('_', ' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
