import { body, file, html, message, properties, rtf, tnef } from './tnef-writer.ts'
import { base64, DATE, FROM, letter, lines, withParts, type UglyMessage } from './ugly-message.ts'

const TEXT = ['Content-Type: text/plain', '', 'Hello']
const winmail = (bytes: Buffer) => ['Content-Type: application/ms-tnef; name=winmail.dat', 'Content-Transfer-Encoding: base64', '', base64(bytes)] // prettier-ignore
const PDF = file('Angebot für Sie.pdf', Buffer.from('%PDF-1.7'))
const PLAIN_RTF = Buffer.concat([Buffer.from('1800000008000000', 'hex'), Buffer.from('MELA'), Buffer.alloc(4), Buffer.from('{\\rtf1 }')]) // prettier-ignore

const TNEF: readonly UglyMessage[] = [
  { name: 'winmail.dat with a file', source: withParts('x', 'mixed', TEXT, winmail(tnef(PDF))), text: 'Hello', attachments: ['winmail.dat', 'Angebot für Sie.pdf'] }, // prettier-ignore
  { name: 'winmail.dat that is the whole message', source: letter('x', winmail(tnef(body('From Outlook'), PDF)).slice(0, 2), base64(tnef(body('From Outlook'), PDF))), text: 'From Outlook', attachments: ['winmail.dat', 'Angebot für Sie.pdf'] }, // prettier-ignore
  { name: 'winmail.dat with html', source: withParts('x', 'mixed', winmail(tnef(html('<p>Grüße</p>')))), text: '<p>Grüße</p>' }, // prettier-ignore
  { name: 'winmail.dat with rtf alone', source: withParts('x', 'mixed', winmail(tnef(rtf(PLAIN_RTF)))), attachments: ['winmail.dat', 'message.rtf'] }, // prettier-ignore
  { name: 'winmail.dat with a message within', source: withParts('x', 'mixed', TEXT, winmail(tnef(message('Inner', tnef(body('Inside'), PDF))))), attachments: ['winmail.dat', 'Inner.txt', 'Angebot für Sie.pdf'] }, // prettier-ignore
  { name: 'winmail.dat that is cut', source: withParts('x', 'mixed', TEXT, winmail(tnef(PDF, PDF).subarray(0, 150))), text: 'Hello', marks: { defects: ['tnef_broken'] } }, // prettier-ignore
  { name: 'winmail.dat that is none', source: withParts('x', 'mixed', TEXT, winmail(Buffer.from('not at all'))), text: 'Hello', attachments: ['winmail.dat'], marks: { defects: ['tnef_broken'] } }, // prettier-ignore
  { name: 'winmail.dat with a length of four gigabytes', source: withParts('x', 'mixed', TEXT, winmail(Buffer.concat([tnef(), Buffer.from('0203900600ffffffff', 'hex')]))), text: 'Hello', marks: { defects: ['tnef_broken'] } }, // prettier-ignore
  { name: 'winmail.dat with a million properties', source: withParts('x', 'mixed', TEXT, winmail(Buffer.concat([tnef(), Buffer.from('010390060004000000', 'hex'), Buffer.from('40420f000000', 'hex')]))), text: 'Hello' }, // prettier-ignore
  { name: 'winmail.dat within itself without end', source: withParts('x', 'mixed', TEXT, winmail(Array.from({ length: 30 }).reduce<Buffer>((inner) => tnef(message('m', inner)), tnef(PDF)))), text: 'Hello' }, // prettier-ignore
  { name: 'winmail.dat with five hundred files', source: withParts('x', 'mixed', TEXT, winmail(tnef(...Array.from({ length: 500 }, () => PDF)))), text: 'Hello' }, // prettier-ignore
  { name: 'properties that lie about themselves', source: withParts('x', 'mixed', TEXT, winmail(tnef(rtf(properties([1, 0x102, Buffer.alloc(3)]))))), text: 'Hello' }, // prettier-ignore
]

const calendar = (...event: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:1', ...event, 'END:VEVENT', 'END:VCALENDAR'] // prettier-ignore
const invite = (name: string, event: readonly string[], marks?: object): UglyMessage => ({
  name: `invitation: ${name}`,
  source: withParts('x', 'alternative', TEXT, ['Content-Type: text/calendar; method=REQUEST', '', ...event]),
  text: 'Hello',
  ...(marks && { marks }),
})
const START = 'DTSTART:20260701T130000Z'
const CALENDARS: readonly UglyMessage[] = [
  invite('as it should be', calendar(START, 'SUMMARY:Kick-off'), { invitation: { method: 'request', title: 'Kick-off', startsAt: '2026-07-01T13:00:00.000Z' } }), // prettier-ignore
  invite('for a whole day', calendar('DTSTART;VALUE=DATE:20260701', 'SUMMARY:Day'), { invitation: { startsAt: '2026-07-01', wholeDay: true } }), // prettier-ignore
  invite('in a zone of Windows', calendar('DTSTART;TZID=Eastern Standard Time:20260701T090000'), { invitation: { startsAt: '2026-07-01T13:00:00.000Z', timeZone: 'America/New_York' } }), // prettier-ignore
  invite('in a zone that nobody knows', calendar('DTSTART;TZID=Moon:20260701T090000'), { invitation: { startsAt: '2026-07-01T09:00:00.000Z' } }), // prettier-ignore
  invite('without a start', calendar('SUMMARY:Some day'), { invitation: { title: 'Some day' } }),
  invite('with a start in words', calendar('DTSTART:tomorrow', 'SUMMARY:x')),
  invite('that repeats', calendar(START, 'RRULE:FREQ=DAILY;COUNT=5'), { invitation: { recurrence: 'FREQ=DAILY;COUNT=5' } }), // prettier-ignore
  invite('with a broken rule', calendar(START, 'RRULE:FREQ=NEVER')),
  invite('of a thousand guests', calendar(START, ...Array.from({ length: 1000 }, (_, n) => `ATTENDEE:mailto:a${n}@x.example`)), { invitation: { moreAttendees: 950 } }), // prettier-ignore
  invite('that never ends', ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', START], { defects: ['calendar_broken'] }),
  invite('that is no calendar', ['Come on Monday'], { defects: ['calendar_broken'] }),
  invite('of nothing but components', Array.from({ length: 5000 }, () => 'BEGIN:VEVENT'), { defects: ['calendar_broken'] }), // prettier-ignore
  invite('with rules of a zone that go on for ever', ['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'TZID:Mars', 'BEGIN:STANDARD', 'DTSTART:16010101T000000', 'RRULE:FREQ=SECONDLY', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'END:STANDARD', 'END:VTIMEZONE', 'BEGIN:VEVENT', 'DTSTART;TZID=Mars:20260701T090000', 'END:VEVENT', 'END:VCALENDAR']), // prettier-ignore
  { name: 'invitation: nothing else', source: letter('x', ['Content-Type: text/calendar'], ...calendar(START, 'DESCRIPTION:Bring cake')), text: 'Bring cake' }, // prettier-ignore
  { name: 'invitation: as a file', source: withParts('x', 'mixed', TEXT, ['Content-Type: application/octet-stream; name=invite.ics', '', ...calendar(START, 'SUMMARY:File')]), marks: { invitation: { title: 'File' } }, attachments: ['invite.ics'] }, // prettier-ignore
]

const status = (...fields: string[]) => ['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.customer.example', '', ...fields] // prettier-ignore
const RETURNED = ['Content-Type: text/rfc822-headers', '', 'Message-ID: <ours@contoso.example>', 'Subject: x']
const report = (name: string, ...parts: string[][]) => ({
  name: `bounce: ${name}`,
  source: withParts('Undelivered', 'report; report-type=delivery-status', ['', 'Sorry'], ...parts),
  text: 'Sorry',
})
const REPORTS: readonly UglyMessage[] = [
  { ...report('as it should be', status('Final-Recipient: rfc822; kim@customer.example', 'Action: failed', 'Status: 5.1.1'), RETURNED), marks: { automatic: { kind: 'report' }, deliveryReport: { originalMessageId: 'ours@contoso.example', recipients: [{ address: 'kim@customer.example', action: 'failed', status: '5.1.1' }] } } }, // prettier-ignore
  { ...report('without the message', status('Final-Recipient: rfc822; kim@customer.example', 'Action: failed')), marks: { deliveryReport: { recipients: [{ action: 'failed' }] } } }, // prettier-ignore
  { ...report('without a machine-readable part', RETURNED), marks: { automatic: { kind: 'report' } } },
  { ...report('with an empty status', status()), marks: { deliveryReport: { recipients: [] } } },
  { ...report('of a thousand recipients', status(...Array.from({ length: 1000 }, (_, n) => [`Final-Recipient: rfc822; a${n}@x.example`, 'Action: failed', '']).flat())) }, // prettier-ignore
  { ...report('with a diagnostic of ten kilobytes', status('Final-Recipient: rfc822; kim@customer.example', 'Action: failed', `Diagnostic-Code: smtp; ${'x'.repeat(10_000)}`)) }, // prettier-ignore
  { ...report('with an action that is none', status('Final-Recipient: rfc822; kim@customer.example', 'Action: exploded')), marks: { deliveryReport: { recipients: [] } } }, // prettier-ignore
  { name: 'bounce: of qmail, in words', source: letter('failure notice', ['Return-Path: <>'], 'Hi. This is the qmail-send program.'), text: 'qmail', marks: { automatic: { kind: 'generated' } } }, // prettier-ignore
  { name: 'a receipt', source: withParts('Read', 'report; report-type=disposition-notification', ['', 'Read'], ['Content-Type: message/disposition-notification', '', 'Final-Recipient: rfc822;kim@customer.example', 'Original-Message-ID: <a@x>', 'Disposition: automatic-action/MDN-sent-automatically; displayed']), marks: { readReceipt: { disposition: 'displayed', originalMessageId: 'a@x' } } }, // prettier-ignore
  { name: 'a receipt that says nothing', source: withParts('Read', 'report; report-type=disposition-notification', ['', 'Read'], ['Content-Type: message/disposition-notification', '', '']), text: 'Read' }, // prettier-ignore
]

const automatic = (field: string, kind: string): UglyMessage => ({
  name: `automatic: ${field}`,
  source: lines(FROM, DATE, 'Subject: x', field, '', 'Hello'),
  text: 'Hello',
  marks: { automatic: { kind } },
})
const AUTOMATIC: readonly UglyMessage[] = [
  automatic('Auto-Submitted: auto-replied; owner-email="kim@customer.example"', 'reply'),
  automatic('Auto-Submitted: AUTO-GENERATED', 'generated'),
  automatic('Auto-Submitted: auto-notified', 'generated'),
  automatic('X-Autoreply: yes', 'reply'),
  automatic('X-Autorespond: out', 'reply'),
  automatic('Precedence: auto_reply', 'reply'),
  automatic('Precedence: bulk', 'bulk'),
  automatic('List-Id: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= <news.customer.example>', 'bulk'),
  automatic('List-Unsubscribe: <mailto:off@customer.example>', 'bulk'),
  automatic('Return-Path: <>', 'generated'),
]

export const KINDS: readonly UglyMessage[] = [...TNEF, ...CALENDARS, ...REPORTS, ...AUTOMATIC]
