import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../../mail-servers/certificate.ts'
import { readConfig } from './config.ts'
import { AppError } from './kernel/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'postkey-audit-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { ca, keyFile } = await makeCertificate(folder)
const fileOf = (name: string, content: string) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const caFile = fileOf('ca.pem', `${ca}\n${ca}`)
const good = {
  DATABASE_URL: 'postgresql://postkey:topsecret@db/postkey',
  PUBLIC_URL: 'https://mail.example.com',
  POSTKEY_KEY_FILE: join(folder, 'keys'),
}

describe('the receiver of the audit list', () => {
  it.each([
    ['tls://syslog.example.com', { isTls: true, host: 'syslog.example.com', port: 6514 }],
    ['TLS://Syslog.Example.com:1/', { isTls: true, host: 'syslog.example.com', port: 1 }],
    ['tcp://10.0.0.1', { isTls: false, host: '10.0.0.1', port: 601 }],
    ['TCP://[FD00::1]:514', { isTls: false, host: 'fd00::1', port: 514 }],
  ])('is read from %s', (POSTKEY_AUDIT_SYSLOG, receiver) => {
    expect(readConfig({ ...good, POSTKEY_AUDIT_SYSLOG }).auditSyslog).toEqual({ ...receiver, caFile: undefined })
  })

  it.each([
    'syslog.example.com:6514',
    'udp://syslog.example.com',
    'https://syslog.example.com',
    'tls://syslog.example.com/path',
    'tls://me:pw@syslog.example.com',
    'tls://syslog.example.com?tls=no',
    'tls://',
  ])('is not read from %s', (POSTKEY_AUDIT_SYSLOG) => {
    expect(faults({ POSTKEY_AUDIT_SYSLOG })).toEqual([expect.stringMatching(/^POSTKEY_AUDIT_SYSLOG must be tls:\/\//)])
  })

  it.each(['tls://syslog.example.com', 'TLS://syslog.example.com'])('may have own authorities at %s', (address) => {
    const env = { ...good, POSTKEY_AUDIT_SYSLOG: address, POSTKEY_AUDIT_SYSLOG_CA: caFile }
    expect(readConfig(env).auditSyslog).toMatchObject({ caFile })
  })

  it.each([undefined, 'tcp://127.0.0.1', 'TCP://127.0.0.1'])('has no effect of own authorities at %s', (address) => {
    const env = { POSTKEY_AUDIT_SYSLOG_CA: caFile, ...(address && { POSTKEY_AUDIT_SYSLOG: address }) }
    expect(faults(env)).toEqual([expect.stringMatching(/^POSTKEY_AUDIT_SYSLOG_CA has an effect only with tls:/)])
  })

  it.each([
    ['ca.pem', /absolute path/],
    [folder, /does not exist/],
    [join(folder, 'missing.pem'), /does not exist/],
    [keyFile, /PEM file of certificates/],
    [fileOf('cut.pem', ca.slice(0, 200)), /PEM file of certificates/],
    [fileOf('broken.pem', readFileSync(caFile, 'utf8').replace(/MII../, 'AAAAA')), /PEM file of certificates/],
  ])('has no authorities from %s', (POSTKEY_AUDIT_SYSLOG_CA, message) => {
    const found = faults({ POSTKEY_AUDIT_SYSLOG: 'tls://syslog.example.com', POSTKEY_AUDIT_SYSLOG_CA })
    expect(found).toEqual([expect.stringMatching(message)])
  })
})

describe('the file of the audit list', () => {
  it('is read', () => {
    const POSTKEY_AUDIT_FILE = join(folder, 'audit.jsonl')
    expect(readConfig({ ...good, POSTKEY_AUDIT_FILE }).auditFile).toBe(POSTKEY_AUDIT_FILE)
    expect(readConfig(good)).toMatchObject({ auditFile: undefined, auditSyslog: undefined })
  })

  it.each([
    ['audit.jsonl', /absolute path/],
    [folder, /is not a file/],
    [join(folder, 'missing', 'audit.jsonl'), /folder does not exist/],
    [good.POSTKEY_KEY_FILE, /file of POSTKEY_KEY_FILE/],
  ])('is refused as %s', (POSTKEY_AUDIT_FILE, message) => {
    expect(faults({ POSTKEY_AUDIT_FILE })).toEqual([expect.stringMatching(message)])
  })
})

function faults(env: Record<string, string>): string[] {
  try {
    readConfig({ ...good, ...env })
  } catch (error) {
    if (error instanceof AppError && error.code === 'config.faulty') return (error.cause as Error).message.split('\n')
    throw error
  }
  return []
}
