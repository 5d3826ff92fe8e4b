/** Settings of the forwarding of the audit list, as the environment has them. */
import { isAbsolute } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { SyslogReceiver } from './audit/index.ts'
import { auditFileFault, examinePath } from './file-faults.ts'

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'tls:': 6514, 'tcp:': 601 }

export const AUDIT_VARIABLES = [
  {
    name: 'POSTKEY_AUDIT_FILE',
    sentence:
      'File to which each entry of the audit list is appended as a JSON line, to be rotated by another program. With several servers, set it on one.',
    example: '/var/log/postkey/audit.jsonl',
    fault: auditFileFault,
  },
  {
    name: 'POSTKEY_AUDIT_SYSLOG',
    sentence:
      'Syslog receiver (RFC 5424) of each entry of the audit list: tls://host:port, or tcp://host:port without encryption. A host in a private network is allowed.',
    example: 'tls://syslog.example.com:6514',
    fault: (value: string) =>
      parseReceiver(value)
        ? undefined
        : 'must be tls://host:port or tcp://host:port, such as tls://syslog.example.com:6514',
  },
  {
    name: 'POSTKEY_AUDIT_SYSLOG_CA',
    sentence:
      'PEM file with the certificates that may sign that of POSTKEY_AUDIT_SYSLOG, instead of the public authorities.',
    example: '/etc/postkey/syslog-ca.pem',
    fault: certificatesFault,
  },
] as const

interface AuditVariables {
  POSTKEY_AUDIT_FILE?: string
  POSTKEY_AUDIT_SYSLOG?: string
  POSTKEY_AUDIT_SYSLOG_CA?: string
}

/** Receiver of valid settings; `undefined` without one. */
export function receiverOf(set: AuditVariables): SyslogReceiver | undefined {
  const { POSTKEY_AUDIT_SYSLOG: address, POSTKEY_AUDIT_SYSLOG_CA: caFile } = set
  const receiver = address === undefined ? undefined : parseReceiver(address)
  return receiver && { ...receiver, caFile }
}

function parseReceiver(value: string): Omit<SyslogReceiver, 'caFile'> | undefined {
  const url = URL.parse(value)
  const standardPort = DEFAULT_PORTS[url?.protocol ?? '']
  if (!url || standardPort === undefined || !/^[\w.-]+$|^\[[\da-f:.]+\]$/i.test(url.hostname)) return undefined
  if (url.username || url.password || url.search || url.hash || !['', '/'].includes(url.pathname)) return undefined
  const host = url.hostname.replaceAll(/[[\]]/g, '').toLowerCase()
  return { isTls: url.protocol === 'tls:', host, port: url.port === '' ? standardPort : Number(url.port) }
}

function certificatesFault(value: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (!isAbsolute(value)) return 'must be an absolute path'
  const { stats, fault } = examinePath(value)
  if (!stats?.isFile()) return fault ?? 'names a file that does not exist'
  if (!/^\s*tls:/i.test(env['POSTKEY_AUDIT_SYSLOG'] ?? '')) {
    return 'has an effect only with tls:// in POSTKEY_AUDIT_SYSLOG'
  }
  return isListOfCertificates(value) ? undefined : 'cannot be read as a PEM file of certificates'
}

function isListOfCertificates(path: string): boolean {
  try {
    const certificates = readFileSync(path, 'utf8').match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs)
    return certificates?.every((pem) => new X509Certificate(pem)) ?? false
  } catch {
    return false
  }
}
