import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import { fillText } from '../../kernel/errors.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import { TEXTS } from '../texts.ts'
import { type CredentialSummary, KIND_WORDS, nameOfCredential } from './provider-credential.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Thresholds of expiry alerts, in days before the expiry. */
export const DAYS_BEFORE = [60, 30, 14, 7, 3, 1] as const

/** Expiry of the last working credential, after which every mailbox of the provider stops. */
export interface CredentialExpiry {
  credentialId: ProviderCredentialId
  kind: CredentialSummary['kind']
  /** Display name such as `client secret Qx8…`. */
  name: string
  expiresAt: Date
  /** Remaining days, rounded up. */
  daysLeft: number
  /** Nearest threshold of {@link DAYS_BEFORE} that is reached. */
  threshold: (typeof DAYS_BEFORE)[number]
}

type Ended = Pick<CredentialSummary, 'id' | 'kind' | 'hint' | 'certificate' | 'expiresAt' | 'standing'>

/**
 * Returns the expiry to count down to. Only credentials that have worked count: an untried new secret postpones
 * nothing. If a working credential has no known expiry date, there is no countdown.
 */
export function findExpiry(credentials: readonly Ended[], now: Date): CredentialExpiry | undefined {
  const working = credentials.filter(({ standing }) => standing.state === 'works')
  const [last] = working.toSorted((a, b) => (b.expiresAt?.getTime() ?? Infinity) - (a.expiresAt?.getTime() ?? Infinity))
  if (last?.expiresAt === undefined) return undefined
  const leftMs = last.expiresAt.getTime() - now.getTime()
  const threshold = DAYS_BEFORE.findLast((days) => leftMs <= days * DAY_MS)
  // After the expiry, the state of the provider reports the fault.
  if (threshold === undefined || leftMs <= 0) return undefined
  const { id: credentialId, kind, expiresAt } = last
  return {
    credentialId,
    kind,
    name: nameOfCredential(last),
    expiresAt,
    daysLeft: Math.ceil(leftMs / DAY_MS),
    threshold,
  }
}

/** Text of an expiry alert. */
export interface ExpiryAlert {
  key: string
  kind: 'credential.expiry_announced'
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

const MOST_NAMED = 50

export function expiryAlert(
  provider: Pick<CloudProvider, 'name' | 'clientId' | 'contact' | 'deputy'> & { id: CloudProviderId },
  { credentialId, kind, name, expiresAt, daysLeft, threshold }: CredentialExpiry,
  dependents: readonly Dependent[],
  page: string,
): ExpiryAlert {
  const span = daysLeft === 1 ? TEXTS.withinDay : fillText(TEXTS.inDays, { count: String(daysLeft) })
  const named = dependents.slice(0, MOST_NAMED).map(({ name, address }) => `- ${name} <${address}>`)
  const more = dependents.length - named.length
  const stopped =
    dependents.length === 0
      ? [TEXTS.noMailboxDepends]
      : [
          dependents.length === 1
            ? TEXTS.oneMailboxStops
            : fillText(TEXTS.mailboxesStop, { count: String(dependents.length) }),
          ...named,
          ...(more > 0 ? [fillText(TEXTS.andMore, { count: String(more) })] : []),
        ]
  return {
    key: `secret-ending:${credentialId}:${threshold}`,
    kind: 'credential.expiry_announced',
    to: [provider.contact, provider.deputy].filter((address) => address !== undefined),
    subject: fillText(TEXTS.expirySubject, { credential: KIND_WORDS[kind], provider: provider.name, span }),
    text: [
      fillText(TEXTS.expiryOpening, { credential: name, provider: provider.name, span, date: shownTime(expiresAt) }),
      '',
      ...stopped,
      '',
      TEXTS.howToFix,
      fillText(TEXTS.noInterruption, { steps: kind === 'secret' ? TEXTS.newSecret : TEXTS.newCertificate }),
      '',
      fillText(TEXTS.clientId, { id: provider.clientId }),
      page,
    ].join('\n'),
    payload: {
      cloudProviderId: provider.id,
      credentialId,
      expiresAt: expiresAt.toISOString(),
      daysLeft,
      emailAccountIds: dependents.map(({ id }) => id),
    },
  }
}
