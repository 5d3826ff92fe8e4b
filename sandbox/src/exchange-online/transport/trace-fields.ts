/**
 * Header fields that Exchange Online adds to a message in transit, in the order and with the text observed in real
 * mail. Mail within an organization has no Authentication-Results.
 *
 * @see https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
 */
import { randomUUID } from 'node:crypto'
import { readDomain } from './address.ts'
import { fieldValue, formatDate, makeField, type RawField, withoutFields } from './message-header.ts'

export const MAILBOX_SERVER = 'AM8P250MB0124.EURP250.PROD.OUTLOOK.COM'
const FRONT_SERVER = 'AM0P250CA0017.EURP250.PROD.OUTLOOK.COM'
const EDGE_SERVER = 'AM4PEPF00027A5D.eurprd04.prod.outlook.com'
const OUTBOUND_SERVER = 'mail-westeuropeazon11010001.outbound.protection.outlook.com'

/** Addresses reserved for documentation (RFC 3849, RFC 5737). */
const IPV6 = '2001:db8:20b:321::18'
export const OUTSIDE_IP = '192.0.2.25'

const VERSION = '15.20.9434.7'
const TLS = 'with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)'

export interface Passage {
  at: Date
  /** Reverse-path, empty in reports. */
  from: string
  /** Domain of the From field's address, in lower case. */
  headerFromDomain: string
}

/** Prepares a message written in a mailbox here: adds a missing Message-ID and date, and removes Bcc. */
export function prepareForSubmission(fields: readonly RawField[], at: Date): RawField[] {
  const kept = withoutFields(fields, 'bcc', 'resent-bcc', 'return-path', ORGANIZATION_FIELDS)
  return [
    makeField(
      'Received',
      `from ${MAILBOX_SERVER} ([fe80::5d22:71a4:8c3e:90b7]) by ${MAILBOX_SERVER} ([fe80::5d22:71a4:8c3e:90b7%4]) ` +
        `with mapi id ${VERSION}; ${formatDate(at)}`,
    ),
    ...complete(kept, at),
  ]
}

/** Adds a missing Message-ID and Date, like every submission server. @see RFC 6409 section 8 */
export function complete(fields: readonly RawField[], at: Date): RawField[] {
  return [
    ...fields,
    ...(fieldValue(fields, 'date') ? [] : [makeField('Date', formatDate(at))]),
    ...(fieldValue(fields, 'message-id') ? [] : [makeField('Message-ID', newMessageId())]),
  ]
}

export function newMessageId(): string {
  const unique = randomUUID().replaceAll('-', '').toUpperCase()
  return `<AM8P250MB0124${unique.slice(0, 20)}@${MAILBOX_SERVER}>`
}

/** Fields for mail between mailboxes of one organization. */
export function insideFields({ at }: Passage): RawField[] {
  return [
    makeField(
      'Received',
      `from ${MAILBOX_SERVER} (${IPV6}) by ${FRONT_SERVER} (${IPV6}) ${TLS} id ${VERSION}; ${formatDate(at)}`,
    ),
    makeField('X-MS-Exchange-Organization-AuthAs', 'Internal'),
    makeField('X-MS-Exchange-Organization-AuthMechanism', '04'),
    makeField('X-MS-Exchange-Organization-AuthSource', MAILBOX_SERVER),
    makeField('X-MS-Exchange-Organization-Network-Message-Id', randomUUID()),
    makeField('X-MS-Exchange-Organization-SCL', '-1'),
  ]
}

/** Fields for mail that leaves the organization. Internal fields are never added here, or are removed by the caller. */
export function departureFields({ at, from }: Passage): RawField[] {
  return [
    makeField(
      'Received',
      `from ${MAILBOX_SERVER} (${IPV6}) by ${OUTBOUND_SERVER} (${IPV6}) ${TLS} id ${VERSION}; ${formatDate(at)}`,
    ),
    ...(from === '' ? [] : [makeField('X-OriginatorOrg', readDomain(from))]),
  ]
}

export interface Verdict {
  /** False when an external server uses a domain of a tenant here. */
  isGenuine: boolean
  /** Name and address of the delivering server. */
  client: { name: string; ip: string }
}

/** Fields for mail that enters an organization from another one or from outside. */
export function arrivalFields({ at, from, headerFromDomain }: Passage, { isGenuine, client }: Verdict): RawField[] {
  const mailFromDomain = from === '' ? client.name : readDomain(from)
  const checks = isGenuine
    ? {
        spf: `spf=pass (sender IP is ${client.ip})`,
        rest: `dkim=none (message not signed) header.d=none;dmarc=bestguesspass action=none header.from=${headerFromDomain};compauth=pass reason=109`,
        received: `Pass (protection.outlook.com: domain of ${mailFromDomain} designates ${client.ip} as permitted sender)`,
        sent: `receiver=protection.outlook.com; client-ip=${client.ip}; helo=${client.name}; pr=C`,
        scl: '1',
      }
    : {
        spf: `spf=fail (sender IP is ${client.ip})`,
        rest: `dkim=none (message not signed) header.d=none;dmarc=fail action=none header.from=${headerFromDomain};compauth=fail reason=601`,
        received: `Fail (protection.outlook.com: domain of ${mailFromDomain} does not designate ${client.ip} as permitted sender)`,
        sent: `receiver=protection.outlook.com; client-ip=${client.ip}; helo=${client.name};`,
        scl: '5',
      }
  return [
    makeField(
      'Received',
      `from ${EDGE_SERVER} (${IPV6}) by ${FRONT_SERVER} (${IPV6}) ${TLS} id ${VERSION} via Frontend Transport; ${formatDate(at)}`,
    ),
    makeField('Authentication-Results', `${checks.spf} smtp.mailfrom=${mailFromDomain}; ${checks.rest}`),
    makeField('Received-SPF', `${checks.received} ${checks.sent}`),
    makeField(
      'Received',
      `from ${client.name} (${client.ip}) by ${EDGE_SERVER} (${IPV6}) ${TLS} id ${VERSION} via Frontend Transport; ${formatDate(at)}`,
    ),
    makeField('Return-Path', from === '' ? '<>' : from),
    makeField('X-MS-Exchange-Organization-AuthAs', 'Anonymous'),
    makeField('X-MS-Exchange-Organization-AuthSource', EDGE_SERVER),
    makeField('X-MS-Exchange-Organization-MessageDirectionality', 'Incoming'),
    makeField('X-MS-Exchange-Organization-Network-Message-Id', randomUUID()),
    makeField('X-MS-Exchange-Organization-SCL', checks.scl),
  ]
}

export const OUTBOUND_CLIENT = { name: OUTBOUND_SERVER, ip: '203.0.113.17' }

/** Fields that Exchange accepts only from itself; they are removed from external mail ("header firewall"). */
export const ORGANIZATION_FIELDS = /^x-ms-exchange-(organization|forest)-/i
