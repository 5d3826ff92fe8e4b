import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import { type CredentialSummary, nameOfCredential } from './provider-credential.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** How many days before the end people are told, the nearest last. */
export const DAYS_BEFORE = [60, 30, 14, 7, 3, 1] as const

/** The end of the last credential that works: after it every mailbox of the provider stands still. */
export interface Ending {
  credentialId: ProviderCredentialId
  kind: CredentialSummary['kind']
  /** By which people tell it from others: `client secret Qx8…`. */
  name: string
  endsAt: Date
  /** Begun ones count. */
  daysLeft: number
  /** The nearest of {@link DAYS_BEFORE} that is reached. */
  threshold: (typeof DAYS_BEFORE)[number]
}

type Ended = Pick<CredentialSummary, 'id' | 'kind' | 'hint' | 'certificate' | 'endsAt' | 'standing'>

/**
 * What there is to count down to. Only what has worked counts: a new secret that nobody has tried postpones no end. One
 * that works and whose end nobody knows may outlast them all, so nothing is claimed beside it.
 */
export function endingOf(credentials: readonly Ended[], now: Date): Ending | undefined {
  const working = credentials.filter(({ standing }) => standing.state === 'works')
  const [last] = working.toSorted((a, b) => (b.endsAt?.getTime() ?? Infinity) - (a.endsAt?.getTime() ?? Infinity))
  if (last?.endsAt === undefined) return undefined
  const leftMs = last.endsAt.getTime() - now.getTime()
  const threshold = DAYS_BEFORE.findLast((days) => leftMs <= days * DAY_MS)
  // What is over is no countdown: the provider itself says what is wrong.
  if (threshold === undefined || leftMs <= 0) return undefined
  const { id: credentialId, kind, endsAt } = last
  return { credentialId, kind, name: nameOfCredential(last), endsAt, daysLeft: Math.ceil(leftMs / DAY_MS), threshold }
}

/** What is told to people. */
export interface EndingAlert {
  key: string
  kind: 'credential.ending'
  to: readonly string[]
  subject: string
  text: string
  payload: Readonly<Record<string, unknown>>
}

export interface Dependent {
  id: string
  name: string
  address: string
}

const NAMES = { secret: 'client secret', certificate: 'certificate' } as const
const MOST_NAMED = 50

export function endingAlert(
  provider: Pick<CloudProvider, 'name' | 'clientId' | 'contact' | 'deputy'> & { id: CloudProviderId },
  { credentialId, kind, name, endsAt, daysLeft, threshold }: Ending,
  dependents: readonly Dependent[],
  page: string,
): EndingAlert {
  const what = NAMES[kind]
  const inDays = daysLeft === 1 ? 'within a day' : `in ${daysLeft} days`
  const named = dependents.slice(0, MOST_NAMED).map(({ name, address }) => `- ${name} <${address}>`)
  const more = dependents.length - named.length
  const stopped =
    dependents.length === 0
      ? ['No mailbox depends on it yet.']
      : [
          `Then ${dependents.length === 1 ? 'this mailbox stops' : `these ${dependents.length} mailboxes stop`} receiving and sending:`,
          ...named,
          ...(more > 0 ? [`and ${more} more`] : []),
        ]
  const remedy =
    kind === 'secret'
      ? 'In the Azure portal open Microsoft Entra ID, App registrations, the application, Certificates & secrets, and press New client secret. Copy its Value and enter it in Postkey, with its end date.'
      : 'In Postkey press "Create certificate", download it, and upload it in the Azure portal under Microsoft Entra ID, App registrations, the application, Certificates & secrets, Certificates.'
  return {
    key: `secret-ending:${credentialId}:${threshold}`,
    kind: 'credential.ending',
    to: [provider.contact, provider.deputy].filter((address) => address !== undefined),
    subject: `[Postkey] The ${what} of ${provider.name} ends ${inDays}`,
    text: [
      `The ${name} with which Postkey opens mailboxes by "${provider.name}" ends ${inDays}, on ${timeOf(endsAt)}.`,
      '',
      ...stopped,
      '',
      'What to do:',
      `${remedy} The new one is tried at once; the old one stays until it has worked. Nobody has to sign in again, and nothing is lost.`,
      '',
      `Application (client) ID: ${provider.clientId}`,
      page,
    ].join('\n'),
    payload: {
      cloudProviderId: provider.id,
      credentialId,
      endsAt: endsAt.toISOString(),
      daysLeft,
      emailAccountIds: dependents.map(({ id }) => id),
    },
  }
}

/** With the hour: in the time of whoever reads it the day may be another one. */
function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
