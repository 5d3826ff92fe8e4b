import { GraphError } from './graph-error.ts'
import { isLoopbackName } from './notifications-endpoint.ts'
import { CHANGE_TYPES, type ChangeType, type Subscription } from './subscriptions-table.ts'

/** A validated subscription request. */
export interface SubscriptionRequest extends Pick<
  Subscription,
  'changeTypes' | 'notificationUrl' | 'lifecycleNotificationUrl' | 'clientState' | 'sent'
> {
  expirationDateTime: number
}

const TEXTS = [
  'changeType',
  'notificationUrl',
  'lifecycleNotificationUrl',
  'resource',
  'expirationDateTime',
  'clientState',
  'latestSupportedTlsVersion',
  'encryptionCertificate',
  'encryptionCertificateId',
  'notificationQueryOptions',
  'notificationUrlAppId',
  'notificationContentType',
] as const
/** Graph sets these itself; clients that send back an earlier response may include them. */
const READ_ONLY = ['id', 'applicationId', 'creatorId']
const REQUIRED = ['changeType', 'notificationUrl', 'resource', 'expirationDateTime'] as const
const TLS_VERSIONS = ['v1_0', 'v1_1', 'v1_2', 'v1_3']

const LONGEST_CLIENT_STATE = 128
/** Undocumented; limits the growth of the file. */
const LONGEST_TEXT = 8192

/**
 * Reads the body of `POST /subscriptions`.
 *
 * Unconfirmed: most error texts. Those for the payload, the change type and the scheme were observed, as was the code.
 *
 * @see https://learn.microsoft.com/graph/api/resources/subscription
 */
export function readSubscription(body: unknown, notifiedHosts: readonly string[] = []): SubscriptionRequest {
  const texts = readTexts(body)
  for (const name of REQUIRED) {
    if (!texts[name]) throw invalid(`${name} is a required property for subscription creation`)
  }
  const { changeType = '', notificationUrl = '', resource = '', clientState, lifecycleNotificationUrl } = texts
  if (clientState !== undefined && clientState.length > LONGEST_CLIENT_STATE) {
    throw invalid(`clientState must not be longer than ${LONGEST_CLIENT_STATE} characters.`)
  }
  const { latestSupportedTlsVersion = 'v1_2' } = texts
  if (!TLS_VERSIONS.includes(latestSupportedTlsVersion)) {
    throw invalid(`latestSupportedTlsVersion must be one of ${TLS_VERSIONS.join(', ')}.`)
  }
  if ((body as { includeResourceData?: unknown }).includeResourceData === true) {
    throw notSupported('Notifications that include resource data')
  }
  if (texts.notificationQueryOptions !== undefined) throw notSupported('notificationQueryOptions for messages')

  checkUrl('NotificationUrl', notificationUrl, notifiedHosts)
  if (lifecycleNotificationUrl !== undefined) {
    checkUrl('LifecycleNotificationUrl', lifecycleNotificationUrl, notifiedHosts)
  }
  return {
    changeTypes: readChangeTypes(changeType),
    notificationUrl,
    lifecycleNotificationUrl,
    clientState,
    expirationDateTime: readDateTime(texts.expirationDateTime ?? ''),
    sent: {
      resource,
      changeType,
      latestSupportedTlsVersion,
      encryptionCertificate: texts.encryptionCertificate,
      encryptionCertificateId: texts.encryptionCertificateId,
      notificationUrlAppId: texts.notificationUrlAppId,
    },
  }
}

/**
 * Reads the body of `PATCH /subscriptions/{id}`, which can change only the expiration time. Returns it in milliseconds
 * since the epoch.
 */
export function readRenewal(body: unknown): number {
  const { expirationDateTime, ...others } = readTexts(body)
  const [other] = Object.keys(others)
  if (other !== undefined) throw invalid(`${other} of a subscription cannot be changed; delete it and create another.`)
  if (!expirationDateTime) throw invalid('expirationDateTime is a required property for subscription update')
  return readDateTime(expirationDateTime)
}

export function invalid(message: string): GraphError {
  return new GraphError(400, 'InvalidRequest', message)
}

/** @see https://learn.microsoft.com/graph/errors for code and status */
export function notSupported(what: string): GraphError {
  return new GraphError(501, 'notSupported', `${what} are not built in this sandbox.`)
}

/** String properties of the body; `null` counts as missing. */
function readTexts(body: unknown): { [Name in (typeof TEXTS)[number]]?: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badPayload()
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(body)) {
    if (value === null || name.startsWith('@') || READ_ONLY.includes(name)) continue
    if (name === 'includeResourceData' && typeof value === 'boolean') continue
    const isText = typeof value === 'string' && value.length <= LONGEST_TEXT
    if (!isText || !(TEXTS as readonly string[]).includes(name)) throw badPayload()
    texts[name] = value
  }
  return texts
}

function badPayload(): GraphError {
  return invalid(
    'Could not process subscription creation payload. Are all property names spelled and camelCased properly? ' +
      'Also are the Datetime properties in valid ISO 8601 format?',
  )
}

function readChangeTypes(changeType: string): ChangeType[] {
  const requested = new Set(changeType.split(',').map((each) => each.trim()))
  const known = CHANGE_TYPES.filter((each) => requested.has(each))
  if (known.length < requested.size) throw invalid(`Invalid 'changeType' attribute: '${changeType}'.`)
  return known
}

/** Parses ISO 8601 with date, time and offset, as OData's DateTimeOffset requires. */
function readDateTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time)) throw badPayload()
  return time
}

/**
 * Checks the scheme of an endpoint. Graph accepts only `https`. The sandbox also accepts `http` to this machine
 * and to the allowed hosts, because a client under test has no certificate there. The resolved address is checked with
 * each call.
 */
function checkUrl(property: string, text: string, notifiedHosts: readonly string[]): void {
  const url = URL.parse(text)
  if (!url) throw invalid(`${property} is not a valid URL.`)
  const scheme = url.protocol.slice(0, -1)
  const isNear = isLoopbackName(url.hostname) || notifiedHosts.some((host) => host.toLowerCase() === url.hostname)
  if (scheme !== 'https' && !(scheme === 'http' && isNear)) {
    throw invalid(`${property} scheme='${scheme}' is not supported.`)
  }
  if (url.username !== '' || url.password !== '') throw invalid(`${property} must not contain a user name or password.`)
}
