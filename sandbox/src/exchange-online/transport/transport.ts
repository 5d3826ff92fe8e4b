import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from '../mail-store/index.ts'
import { readDomain } from './address.ts'
import {
  asRaw,
  countFields,
  fieldValue,
  type RawField,
  type RawMessage,
  readMessage,
  withoutFields,
  writeMessage,
} from './message-header.ts'
import { composeNonDeliveryReport, type Failure } from './non-delivery-report.ts'
import { createQueue, type QueuedMessage } from './queue.ts'
import { createRouting } from './mail-routes.ts'
import {
  checkEnvelope,
  checkSize,
  createSubmissionLog,
  type Envelope,
  MAX_RECEIVED_BYTES,
  MAX_SENT_BYTES,
  type Submission,
} from './submission.ts'
import * as trace from './trace-fields.ts'
import { TransportError } from './transport-error.ts'

/** One copy delivered to a mailbox here. */
export interface Arrival {
  recipient: string
  mailboxId: string
  folder: 'inbox' | 'junkemail'
  /** Key of the message in the store. */
  messageKey: number
}

/** Mail servers of external domains. */
export interface OutsideServer {
  /** Accepts the message for one recipient, or returns an SMTP refusal: `550 5.1.1 …`. */
  accept(mail: { from: string; to: string; mime: Uint8Array }): { refusedWith: string } | undefined
}

export interface Transport {
  /**
   * Accepts a message and queues it durably; the deferred work delivers it at once. For recipients that do not exist, a
   * report is sent to `envelope.from`. The caller stores the Sent copy.
   *
   * @throws TransportError when the message is refused
   */
  submit(submission: Submission): Promise<void>
  /**
   * Delivers a message from an external mail server to mailboxes here; the copies exist when the promise resolves.
   *
   * @throws TransportError when any recipient is refused; then no mailbox gets the message
   */
  receiveFromOutside(mail: { envelope: Envelope; mime: Uint8Array }): Promise<Arrival[]>
  /** Mailbox that receives mail for `address`, including plus-addressing and all domains of a tenant. */
  findMailboxId(address: string): string | undefined
  /** Sets the server for all external domains. Without it, those domains do not exist. */
  connectOutside(server: OutsideServer): void
}

export interface TransportDependencies {
  database: Database
  clock: Clock
  deferred: Deferred
  directory: Directory
  mailStore: Pick<MailStore, 'appendMime' | 'wellKnownFolder'>
  report: (error: unknown) => void
}

/**
 * `MaxHopCount` of a receive connector. Microsoft's pages state 60 and 30 for different versions, and none for Exchange
 * Online.
 */
const MAX_HOPS = 60

const RECIPIENT_NOT_FOUND = '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'
const MAIL_LOOP = '554 5.4.14 Hop count exceeded - possible mail loop ATTR34'
const NO_SUCH_DOMAIN = '554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain'

export function createTransport(dependencies: TransportDependencies): Transport {
  const { database, clock, deferred, directory, mailStore, report } = dependencies
  const { routeOf, tenantOfDomain } = createRouting(directory)
  const submissions = createSubmissionLog(database, clock)
  const queue = createQueue(database, clock, deferred, deliver)
  let outside: OutsideServer = { accept: () => ({ refusedWith: NO_SUCH_DOMAIN }) }

  async function deliver({ mailboxId, from, to, mime, submittedAt }: QueuedMessage): Promise<void> {
    const message = readMessage(mime)
    const passage = { at: clock.now(), from: asRaw(from), headerFromDomain: headerFromDomain(message.fields) }
    const sendingTenantId = directory.people.findUser(mailboxId)?.tenantId
    const isLooping = countFields(message.fields, 'received') > MAX_HOPS
    const reached = new Set<string>()
    const failures: Failure[] = []

    for (const recipient of to) {
      const route = routeOf(recipient)
      try {
        if (isLooping) {
          failures.push({ recipient, reply: MAIL_LOOP })
        } else if (route.kind === 'unknown') {
          failures.push({ recipient, reply: RECIPIENT_NOT_FOUND })
        } else if (route.kind === 'mailbox') {
          if (reached.has(route.mailboxId)) continue
          reached.add(route.mailboxId)
          const isInside = route.tenant.id === sendingTenantId
          const added = isInside ? trace.insideFields(passage) : crossTenantFields(passage)
          await store(route.mailboxId, 'inbox', withFields(message, added))
        } else if (route.kind === 'outside') {
          const departing = withFields(message, trace.departureFields(passage))
          const refusal = outside.accept({ from, to: recipient, mime: departing })
          if (refusal) failures.push(failureOutside(recipient, refusal))
        }
      } catch (error) {
        // One failed delivery must not block the delivery to other recipients.
        report(error)
      }
    }
    if (failures.length > 0 && mayReport(message.fields)) await sendReport(message, from, submittedAt, failures)
  }

  async function sendReport(message: RawMessage, from: string, submittedAt: Date, failures: Failure[]): Promise<void> {
    const route = routeOf(from)
    // The empty reverse-path of a report has no mailbox, so no report answers it.
    if (route.kind !== 'mailbox') return
    const domain = route.tenant.domains[0] ?? readDomain(from)
    const mime = composeNonDeliveryReport(message, { to: from, domain, at: clock.now(), submittedAt }, failures)
    await store(route.mailboxId, 'inbox', mime)
  }

  async function store(mailboxId: string, folder: 'inbox' | 'junkemail', mime: Uint8Array): Promise<number> {
    const { id } = mailStore.wellKnownFolder(mailboxId, folder)
    const { key } = await mailStore.appendMime(mailboxId, id, mime, { receivedAt: clock.now().getTime() })
    return key
  }

  return {
    async submit(submission) {
      const { mailboxId, envelope, mime } = submission
      checkEnvelope(envelope)
      checkSize(mime, MAX_SENT_BYTES)
      const { fields, body } = readMessage(mime)
      const submittedAt = clock.now()
      const prepared = writeMessage({ fields: trace.prepareForSubmission(fields, submittedAt), body })
      database.transaction(() => {
        submissions.add(submission)
        queue.add({ mailboxId, from: envelope.from, to: [...envelope.to], mime: prepared, submittedAt })
      })
    },

    async receiveFromOutside({ envelope, mime }) {
      checkEnvelope(envelope)
      const { from } = envelope
      const routes = envelope.to.map((recipient) => ({ recipient, ...routeOf(recipient) }))
      refuse('relay-denied', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain', 'outside')
      refuse('unknown-recipients', '550 5.4.1 Recipient address rejected: Access denied.', 'unknown')

      const message = readMessage(mime)
      if (countFields(message.fields, 'received') > MAX_HOPS) throw new TransportError('mail-loop', MAIL_LOOP)
      const domain = headerFromDomain(message.fields)
      const isGenuine = !tenantOfDomain(domain) && !tenantOfDomain(readDomain(from))
      const client = { name: asRaw(`mail.${from === '' ? domain : readDomain(from)}`), ip: trace.OUTSIDE_IP }
      const at = clock.now()
      const arriving = writeMessage({
        body: message.body,
        fields: [
          ...trace.arrivalFields({ at, from: asRaw(from), headerFromDomain: domain }, { isGenuine, client }),
          ...trace.complete(withoutFields(message.fields, trace.ORGANIZATION_FIELDS, 'return-path'), at),
        ],
      })

      // The size at delivery counts, including the added fields, because the mailbox counts it, too.
      checkSize(arriving, MAX_RECEIVED_BYTES)
      const arrivals: Arrival[] = []
      for (const route of routes) {
        if (route.kind !== 'mailbox' || arrivals.some(({ mailboxId }) => mailboxId === route.mailboxId)) continue
        const folder = isGenuine ? 'inbox' : 'junkemail'
        const messageKey = await store(route.mailboxId, folder, arriving)
        arrivals.push({ recipient: route.recipient, mailboxId: route.mailboxId, folder, messageKey })
      }
      return arrivals

      function refuse(refusal: 'relay-denied' | 'unknown-recipients', reply: string, kind: 'outside' | 'unknown') {
        const recipients = routes.filter((route) => route.kind === kind).map(({ recipient }) => recipient)
        if (recipients.length > 0) throw new TransportError(refusal, reply, recipients)
      }
    },

    findMailboxId(address) {
      const route = routeOf(address)
      return route.kind === 'mailbox' ? route.mailboxId : undefined
    },

    connectOutside(server) {
      outside = server
    },
  }
}

/** Fields for mail to another organization, which leaves and enters again with all checks. */
function crossTenantFields(passage: trace.Passage): RawField[] {
  const verdict = { isGenuine: true, client: trace.OUTBOUND_CLIENT }
  return [...trace.arrivalFields(passage, verdict), ...trace.departureFields(passage)]
}

function withFields({ fields, body }: RawMessage, added: RawField[]): Buffer {
  return writeMessage({ fields: [...added, ...fields], body })
}

function failureOutside(recipient: string, { refusedWith }: { refusedWith: string }): Failure {
  return refusedWith === NO_SUCH_DOMAIN
    ? { recipient, reply: refusedWith }
    : { recipient, reply: refusedWith, remoteServer: `mail.${readDomain(recipient)}` }
}

/** False for automatic responses, because reports about them could cause an endless loop. @see RFC 3834 section 2 */
function mayReport(fields: readonly RawField[]): boolean {
  return !/^auto-replied\b/i.test(fieldValue(fields, 'auto-submitted') ?? '')
}

function headerFromDomain(fields: readonly RawField[]): string {
  const domains = [...(fieldValue(fields, 'from') ?? '').matchAll(/@([^\s<>()[\]",;:@]+)/g)]
  return domains.at(-1)?.[1]?.toLowerCase() ?? ''
}
