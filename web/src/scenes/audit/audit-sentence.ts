import type { AuditEntry } from '../../api/client.ts'
import { language, words } from '../../words/index.ts'

/** Names by id, of existing mailboxes, Cloud Providers and API keys. */
export type KnownNames = ReadonlyMap<string, string>

/** Sentence that describes an audit entry. */
export function auditSentence(entry: AuditEntry, known: KnownNames): string {
  const { action, subject, detail, at } = entry
  const { sentences, unknown } = words.audit
  const who = actorOf(entry, known)
  const what = entry.subjectName ?? known.get(subject) ?? thingOf(action)
  const sentence = Object.hasOwn(sentences, action) ? sentences[action] : undefined
  if (!sentence) return unknown(who, action, what)
  const added = (before: string, after: string) => {
    const [old, now] = [before, after].map((field) => idsAt(detail, field)) as [string[], string[]]
    const names = now.filter((id) => !old.includes(id)).map((id) => known.get(id) ?? thingOf(action))
    return names.length === 0 ? undefined : inWords(names, known)
  }
  return capital(sentence({ who, what, at, detail: (field) => inWords(valueAt(detail, field), known), added }))
}

function actorOf({ actor, actorName }: AuditEntry, known: KnownNames): string {
  const { actors } = words.audit
  const [, kind = '', id = ''] = /^([^:]*):?(.*)$/.exec(actor) ?? []
  if (actorName !== undefined) return actorName
  if (kind === 'postkey') return actors.postkey
  if (kind === 'api-key') return actors.apiKey(known.get(id))
  if (kind === 'link') return actors.link
  if (kind === 'cli') return actors.cli
  if (kind === 'anonymous') return actors.anonymous
  return actors.gone
}

/** The value of a field, or of one in an object: `to.role`. */
function valueAt(detail: AuditEntry['detail'], field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  }, detail)
}

function idsAt(detail: AuditEntry['detail'], field: string): string[] {
  const value = valueAt(detail, field)
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** Description of an object without a name. */
function thingOf(action: string): string {
  const { things } = words.audit
  switch (action.split('.')[0]) {
    case 'person':
    case 'session':
    case 'sign_in_policy':
      return things.person
    case 'email_account':
      return things.emailAccount
    case 'cloud_provider':
      return things.cloudProvider
    case 'api_key':
      return things.apiKey
    default:
      return things.other
  }
}

function inWords(value: unknown, known: KnownNames): string | undefined {
  if (typeof value === 'string') return known.get(value) ?? value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return new Intl.NumberFormat(language).format(value)
  if (isPerson(value)) return value.userName
  if (!Array.isArray(value)) return undefined
  return new Intl.ListFormat(language).format(value.map((one) => inWords(one, known) ?? ''))
}

/** Users known to Microsoft by ids are shown by their user name. */
function isPerson(value: unknown): value is { userName: string } {
  return typeof value === 'object' && value !== null && 'userName' in value && typeof value.userName === 'string'
}

/** A sentence may start with its object. */
function capital(sentence: string): string {
  return sentence.charAt(0).toLocaleUpperCase(language) + sentence.slice(1)
}
