import { makePdf } from './files.ts'
import { base64Lines, type Letter, mailDate, write } from './letter.ts'

const BILLING = 'billing@contoso.example'
const PLAIN = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit']

/** Sample mail in billing@ and in the users' own mailboxes. */
export const OTHER_LETTERS: readonly Letter[] = [
  {
    mailbox: BILLING,
    folder: 'inbox',
    hoursAgo: 100,
    isRead: true,
    mime: (date) =>
      write(
        [
          'From: Accounts <accounts@fabrikam.example>',
          `To: Contoso Billing <${BILLING}>`,
          'Subject: Invoice INV-2026-0042',
          `Date: ${mailDate(date)}`,
          'Message-ID: <inv-42@fabrikam.example>',
          'Thread-Topic: Invoice INV-2026-0042',
          'Thread-Index: AdyAFyOdr0iPd0fTR8W4mN1qkK8q2w==',
          'Importance: high',
          'MIME-Version: 1.0',
          'Content-Type: multipart/mixed; boundary="invoice"',
        ],
        '--invoice',
        'Content-Type: text/html; charset=utf-8',
        '',
        '<p>Dear Contoso,</p><p>our invoice is attached. It is due in <b>30 days</b>.</p>',
        '--invoice',
        'Content-Type: application/pdf; name="INV-2026-0042.pdf"',
        'Content-Disposition: attachment; filename="INV-2026-0042.pdf"',
        'Content-Transfer-Encoding: base64',
        '',
        base64Lines(makePdf('Invoice INV-2026-0042')),
        '--invoice--',
      ),
  },
  {
    mailbox: BILLING,
    folder: 'sentitems',
    hoursAgo: 98,
    isRead: true,
    mime: (date) =>
      write(
        [
          `From: Contoso Billing <${BILLING}>`,
          'To: Accounts <accounts@fabrikam.example>',
          'Subject: RE: Invoice INV-2026-0042',
          `Date: ${mailDate(date)}`,
          'Message-ID: <AM8P250MB0124D9@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
          'In-Reply-To: <inv-42@fabrikam.example>',
          'References: <inv-42@fabrikam.example>',
          ...PLAIN,
        ],
        'Thank you, it will be paid this week.',
      ),
  },
  {
    mailbox: BILLING,
    folder: 'inbox',
    hoursAgo: 3,
    mime: (date) =>
      write(
        [
          'From: Accounts <accounts@fabrikam.example>',
          `To: Contoso Billing <${BILLING}>`,
          'Subject: Re: Invoice INV-2026-0042',
          `Date: ${mailDate(date)}`,
          'Message-ID: <inv-42-b@fabrikam.example>',
          'In-Reply-To: <AM8P250MB0124D9@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
          'References: <inv-42@fabrikam.example> <AM8P250MB0124D9@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
          ...PLAIN,
        ],
        'It has not reached us yet. When did you send it?',
      ),
  },
  {
    mailbox: BILLING,
    folder: 'inbox',
    hoursAgo: 18,
    mime: (date) =>
      write(
        [
          'From: Nora Quist <nora@quist.example>',
          `To: Contoso Billing <${BILLING}>`,
          'Subject: Wrong VAT number on our last three invoices, and who may I talk to about it by phone today',
          `Date: ${mailDate(date)}`,
          'Message-ID: <vat@quist.example>',
          ...PLAIN,
        ],
        'The number ends in 17, not in 71.',
      ),
  },
  {
    mailbox: 'anna@contoso.example',
    folder: 'inbox',
    hoursAgo: 33,
    mime: (date) =>
      write(
        [
          'From: The Parcel Post <news@parcelpost.example>',
          'To: Anna Berg <anna@contoso.example>',
          'Subject: =?utf-8?Q?What_moved_in_January_=F0=9F=93=A6?=',
          `Date: ${mailDate(date)}`,
          'Message-ID: <news.2026.01@parcelpost.example>',
          'List-Unsubscribe: <https://parcelpost.example/unsubscribe?u=anna>, <mailto:leave@parcelpost.example>',
          'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
          'Precedence: bulk',
          'MIME-Version: 1.0',
          'Content-Type: multipart/alternative; boundary="news"',
        ],
        '--news',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'What moved in January: read it at https://parcelpost.example/2026/01',
        '--news',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        '<html><head><style>td{font-family:sans-serif}</style></head><body><table width="600"><tr><td>',
        '<img src="https://images.parcelpost.example/head.jpg" width="600" alt="The Parcel Post">',
        '<h1>What moved in January</h1><p>More parcels, fewer vans.</p>',
        '<a href="https://parcelpost.example/2026/01">Read on</a>',
        '<img src="https://track.parcelpost.example/open.gif?u=anna" width="1" height="1" alt="">',
        '</td></tr></table></body></html>',
        '--news--',
      ),
  },
  {
    mailbox: 'anna@contoso.example',
    folder: 'inbox',
    hoursAgo: 2,
    mime: (date) =>
      write(
        [
          'From: Ada Admin <ada@contoso.example>',
          'To: Anna Berg <anna@contoso.example>',
          'Cc: Ben Ito <ben@contoso.example>',
          'Subject: Who answers support@ on Friday?',
          `Date: ${mailDate(date)}`,
          'Message-ID: <AM8P250MB0124E2@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
          'Disposition-Notification-To: <ada@contoso.example>',
          ...PLAIN,
        ],
        'I am away. Can one of you two take it?',
      ),
  },
  {
    mailbox: 'ben@contoso.example',
    folder: 'inbox',
    hoursAgo: 12,
    mime: (date) =>
      write(
        [
          'From: Carla Duarte <carla@fabrikam.example>',
          'To: Ben Ito <ben@contoso.example>',
          'Subject: Invitation: Delivery times',
          `Date: ${mailDate(date)}`,
          'Message-ID: <invite-7@fabrikam.example>',
          'MIME-Version: 1.0',
          'Content-Type: multipart/alternative; boundary="invite"',
        ],
        '--invite',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Let us talk about delivery times.',
        '--invite',
        'Content-Type: text/calendar; charset=utf-8; method=REQUEST',
        '',
        ...invitation(date),
        '--invite--',
      ),
  },
  {
    mailbox: 'ben@contoso.example',
    folder: 'archive',
    hoursAgo: 400,
    isRead: true,
    mime: (date) =>
      write(
        [
          'From: =?iso-8859-1?Q?J=FCrgen_Gro=DF?= <juergen@gross.example>',
          'To: Ben Ito <ben@contoso.example>',
          'Subject: =?iso-8859-1?Q?R=FCckfrage_zur_Lieferung?=',
          `Date: ${mailDate(date)}`,
          'Message-ID: <rueckfrage@gross.example>',
          'MIME-Version: 1.0',
          'Content-Type: text/plain; charset=iso-8859-1',
          'Content-Transfer-Encoding: quoted-printable',
        ],
        'Hallo Herr Ito,=20',
        '',
        'k=F6nnen Sie die St=FCckzahl best=E4tigen?',
      ),
  },
  {
    mailbox: 'pat@outlook.example',
    folder: 'inbox',
    hoursAgo: 60,
    mime: (date) =>
      write(
        [
          'From: Sam <sam@friends.example>',
          'To: pat@outlook.example',
          'Subject: Saturday?',
          `Date: ${mailDate(date)}`,
          'Message-ID: <saturday@friends.example>',
          ...PLAIN,
        ],
        'Are you coming?',
      ),
  },
]

function invitation(date: Date): string[] {
  const start = new Date(date.getTime() + 72 * 3_600_000)
  const stamp = (at: Date) => at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  return [
    'BEGIN:VCALENDAR',
    'PRODID:-//Fabrikam//Calendar//EN',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:delivery-times@fabrikam.example',
    `DTSTAMP:${stamp(date)}`,
    `DTSTART:${stamp(start)}`,
    `DTEND:${stamp(new Date(start.getTime() + 3_600_000))}`,
    'SUMMARY:Delivery times',
    'ORGANIZER;CN=Carla Duarte:mailto:carla@fabrikam.example',
    'ATTENDEE;CN=Ben Ito;RSVP=TRUE:mailto:ben@contoso.example',
    'END:VEVENT',
    'END:VCALENDAR',
  ]
}
