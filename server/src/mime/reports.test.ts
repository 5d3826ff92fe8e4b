import { describe, expect, it } from 'vitest'
import { parseMessage } from './parse-message.ts'

const lines = (...all: string[]) => Buffer.from(all.join('\r\n') + '\r\n')

const BOUNCE = [
  'From: MAILER-DAEMON@mx.customer.example', 'Subject: Undelivered', 'Auto-Submitted: auto-replied', 'Return-Path: <>',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=r', '',
  '--r', '', 'Sorry.',
  '--r', 'Content-Type: message/delivery-status', '',
  'Reporting-MTA: dns; mx.customer.example', '',
  'Final-Recipient: rfc822; kim@customer.example', 'Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 unknown', '', // prettier-ignore
  'Final-Recipient: rfc822; lee@customer.example', 'Action: delayed', 'Status: 4.4.1',
  '--r', 'Content-Type: message/rfc822', '', 'Message-ID: <ours@contoso.example>', 'References: <a@x> <b@x>', '', 'Hello',
  '--r--',
] // prettier-ignore

describe('a delivery report', () => {
  it('contains the message and the result for each recipient', () => {
    expect(parseMessage(lines(...BOUNCE)).marks).toMatchObject({
      automatic: { kind: 'report' },
      deliveryReport: {
        originalMessageId: 'ours@contoso.example',
        originalReferences: ['a@x', 'b@x'],
        reportingMta: 'mx.customer.example',
        recipients: [
          { address: 'kim@customer.example', action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 unknown' },
          { address: 'lee@customer.example', action: 'delayed', status: '4.4.1' },
        ],
      },
    })
  })

  it("isn't created for a message that only resembles one", () => {
    const looksLike = BOUNCE.map((line) => line.replace('multipart/report', 'multipart/mixed'))
    expect(parseMessage(lines(...looksLike)).marks.deliveryReport).toBeUndefined()
  })

  it("isn't created for a report inside a forwarded message", () => {
    const forwarded = ['From: kim@customer.example', 'Content-Type: multipart/mixed; boundary=f', '', '--f', ...BOUNCE.slice(4), '--f--'] // prettier-ignore
    expect(parseMessage(lines(...forwarded)).marks.deliveryReport).toBeUndefined()
  })
})

it('a read receipt is recognized', () => {
  const receipt = [
    'From: kim@customer.example', 'Content-Type: multipart/report; report-type=disposition-notification; boundary=r', '',
    '--r', '', 'Read.', '--r', 'Content-Type: message/disposition-notification', '',
    'Final-Recipient: rfc822;kim@customer.example', 'Original-Message-ID: <ours@contoso.example>',
    'Disposition: manual-action/MDN-sent-manually; displayed', '--r--',
  ] // prettier-ignore
  expect(parseMessage(lines(...receipt)).marks.readReceipt).toEqual({
    originalMessageId: 'ours@contoso.example',
    recipient: 'kim@customer.example',
    disposition: 'displayed',
  })
})

it('an invitation with a Windows time zone is recognized', () => {
  const calendar = [
    'From: kim@customer.example', 'Content-Type: text/calendar; method=REQUEST; charset=utf-8', '',
    'BEGIN:VCALENDAR', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:u1', 'SUMMARY:Kick-off', 'DESCRIPTION:Bring cake',
    'DTSTART;TZID=W. Europe Standard Time:20260701T150000', 'DURATION:PT30M', 'LOCATION:Room 1', 'RRULE:FREQ=WEEKLY;COUNT=3',
    'ORGANIZER;CN=Kim:mailto:kim@customer.example', 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:lee@customer.example',
    'END:VEVENT', 'END:VCALENDAR',
  ] // prettier-ignore
  const { marks, body } = parseMessage(lines(...calendar))
  expect(body.content).toBe('Bring cake')
  expect(marks.invitation).toMatchObject({
    method: 'request',
    title: 'Kick-off',
    startsAt: '2026-07-01T13:00:00.000Z',
    endsAt: '2026-07-01T13:30:00.000Z',
    timeZone: 'Europe/Berlin',
    recurrence: 'FREQ=WEEKLY;COUNT=3',
    place: 'Room 1',
    organizer: { name: 'Kim', address: 'kim@customer.example' },
    attendees: [{ address: 'lee@customer.example', answer: 'accepted' }],
  })
})

it.each([
  ['multipart/signed; protocol="application/pkcs7-signature"; boundary=s', { kind: 'smime', what: 'signed' }],
  ['multipart/signed; protocol="application/pgp-signature"; boundary=s', { kind: 'pgp', what: 'signed' }],
  ['multipart/encrypted; protocol="application/pgp-encrypted"; boundary=s', { kind: 'pgp', what: 'encrypted' }],
  ['application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m', { kind: 'smime', what: 'encrypted' }],
])('protection is recognized for %s', (type, protection) => {
  const read = parseMessage(lines('From: kim@customer.example', `Content-Type: ${type}`, '', '--s', '', 'Text', '--s', 'Content-Type: application/octet-stream', '', 'x', '--s--')) // prettier-ignore
  expect(read.marks.protection).toEqual(protection)
})
