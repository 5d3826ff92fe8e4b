import { makePng } from './files.ts'
import { base64Lines, type Letter, mailDate, write } from './letter.ts'

const SUPPORT = 'support@contoso.example'
const TO_SUPPORT = `To: Contoso Support <${SUPPORT}>`
const PLAIN = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit']

/** Sample mail from customers to support@, each from a mail client with different habits. */
export const SUPPORT_LETTERS: readonly Letter[] = [
  // A conversation whose messages do not refer to each other: the shop's webmail writes no References.
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 76,
    isRead: true,
    mime: (date) =>
      write(
        [
          'From: Maria Silva <maria.silva@kunden.example>',
          TO_SUPPORT,
          'Subject: Order 4711 has not arrived',
          `Date: ${mailDate(date)}`,
          'Message-ID: <20260105-1@webmail.kunden.example>',
          ...PLAIN,
        ],
        'Hello,',
        '',
        'my order 4711 was to be here last Friday. Where is it?',
        '',
        'Maria Silva',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'sentitems',
    hoursAgo: 73,
    isRead: true,
    mime: (date) =>
      write(
        [
          `From: Contoso Support <${SUPPORT}>`,
          'To: Maria Silva <maria.silva@kunden.example>',
          'Subject: RE: Order 4711 has not arrived',
          `Date: ${mailDate(date)}`,
          'Message-ID: <AM8P250MB0124A1@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
          'References: <20260105-1@webmail.kunden.example>',
          'In-Reply-To: <20260105-1@webmail.kunden.example>',
          ...PLAIN,
        ],
        'Hello Maria,',
        '',
        'it left our warehouse on Thursday. Which address did you give us?',
        '',
        'Anna, Contoso Support',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 52,
    mime: (date) =>
      write(
        [
          'From: Maria Silva <maria.silva@kunden.example>',
          TO_SUPPORT,
          'Subject: Re: Order 4711 has not arrived',
          `Date: ${mailDate(date)}`,
          'Message-ID: <20260106-7@webmail.kunden.example>',
          ...PLAIN,
        ],
        'The one on the invoice: Rua das Flores 12, Porto.',
        '',
        '> it left our warehouse on Thursday. Which address did you give us?',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 30,
    mime: (date) =>
      Buffer.concat([
        write([
          'From: =?ISO-2022-JP?B?GyRCOzNFRBsoQiAbJEIyVjtSGyhC?= <hanako.yamada@kaisha.example>',
          TO_SUPPORT,
          'Subject: =?ISO-2022-JP?B?GyRCQ21KOCROM05HJxsoQg==?=',
          `Date: ${mailDate(date)}`,
          'Message-ID: <202601070930.AB12@mail.kaisha.example>',
          'MIME-Version: 1.0',
          'Content-Type: text/plain; charset=ISO-2022-JP',
          'Content-Transfer-Encoding: 7bit',
          'X-Mailer: Shuriken Pro4',
        ]),
        // "Contoso support, I would like to confirm the order."
        Buffer.from("Contoso \x1b$B%5%]!<%H$N3'MM\x1b(B\r\n\r\n\x1b$BCmJ8$r3NG'$7$?$$$N$G$9$,!#\x1b(B\r\n", 'latin1'),
      ]),
  },
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 26,
    mime: (date) =>
      write(
        [
          'From: "Tom O\'Neill" <tom@oneill.example>',
          TO_SUPPORT,
          'Subject: Error when I log in',
          `Date: ${mailDate(date)}`,
          'Message-ID: <C7A1F2B0-33D4-4A0E-9F6B-5D1E2A7C9B40@oneill.example>',
          'MIME-Version: 1.0',
          'X-Mailer: Apple Mail (2.3774.300.61.1.2)',
          'Content-Type: multipart/related; type="text/html"; boundary="Apple-Mail=_A1"',
        ],
        '--Apple-Mail=_A1',
        'Content-Type: text/html; charset=us-ascii',
        'Content-Transfer-Encoding: 7bit',
        '',
        '<html><body>This is what I see:<br><img src="cid:screen-1@oneill.example" width="320" height="120"><br>Tom</body></html>',
        '--Apple-Mail=_A1',
        'Content-Type: image/png; name="Screenshot 2026-01-07 at 14.02.11.png"',
        'Content-Disposition: inline; filename="Screenshot 2026-01-07 at 14.02.11.png"',
        'Content-ID: <screen-1@oneill.example>',
        'Content-Transfer-Encoding: base64',
        '',
        base64Lines(makePng(320, 120, [232, 96, 88])),
        '--Apple-Mail=_A1--',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 20,
    isFlagged: true,
    mime: (date) =>
      write(
        [
          'From: =?utf-8?B?15PXoNeUINec15XXmQ==?= <dana@levi.example>',
          TO_SUPPORT,
          'Subject: =?utf-8?B?15TXltee16DXlCA0NzE5OiDXnteq15kg16rXkteZ16I/?=',
          `Date: ${mailDate(date)}`,
          'Message-ID: <CAF2dana.4719@mail.levi.example>',
          'MIME-Version: 1.0',
          'Content-Type: text/html; charset=utf-8',
          'Content-Transfer-Encoding: 8bit',
        ],
        '<div dir="rtl">שלום,<br><br>האם הזמנה 4719 תגיע עד השרון לפני יום חמישי?<br><br>תודה, דנה</div>',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 9,
    mime: (date) =>
      write(
        [
          'From: Ben Ito <ben@contoso.example>',
          TO_SUPPORT,
          'Subject: For you: complaint about the returns label',
          `Date: ${mailDate(date)}`,
          'Message-ID: <AM8P250MB0124B7@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
          'MIME-Version: 1.0',
          'Content-Type: multipart/mixed; boundary="_004_forward_"',
        ],
        '--_004_forward_',
        'Content-Type: text/plain; charset=us-ascii',
        '',
        'This one came to me, the customer has written to you before.',
        '--_004_forward_',
        'Content-Type: message/rfc822',
        'Content-Disposition: attachment',
        '',
        'From: Pedro Ruiz <pedro@ruiz.example>',
        'To: Ben Ito <ben@contoso.example>',
        'Subject: =?utf-8?Q?Devoluci=C3=B3n?= of my chair',
        `Date: ${mailDate(new Date(date.getTime() - 3_600_000))}`,
        'Message-ID: <55@ruiz.example>',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        'The label for the returns parcel cannot be printed. ¿Qué hago?',
        '--_004_forward_--',
      ),
  },
  // A reply that bounced because the customer's address no longer exists.
  {
    mailbox: SUPPORT,
    folder: 'sentitems',
    hoursAgo: 6,
    isRead: true,
    mime: bouncedReply,
  },
  {
    mailbox: SUPPORT,
    folder: 'inbox',
    hoursAgo: 5.9,
    mime: (date) =>
      write(
        [
          'From: Mail Delivery System <MAILER-DAEMON@mx.gone.example>',
          `To: ${SUPPORT}`,
          'Subject: Undelivered Mail Returned to Sender',
          `Date: ${mailDate(date)}`,
          'Message-ID: <20260108.bounce@mx.gone.example>',
          'Auto-Submitted: auto-replied',
          'MIME-Version: 1.0',
          'Content-Type: multipart/report; report-type=delivery-status; boundary="bounce/mx.gone.example"',
        ],
        '--bounce/mx.gone.example',
        'Content-Description: Notification',
        'Content-Type: text/plain; charset=us-ascii',
        '',
        'This is the mail system at host mx.gone.example.',
        '',
        "I'm sorry to have to inform you that your message could not be delivered.",
        '',
        '<old.customer@gone.example>: host mx.gone.example said: 550 5.1.1',
        '    <old.customer@gone.example>: Recipient address rejected: User unknown',
        '--bounce/mx.gone.example',
        'Content-Description: Delivery report',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.gone.example',
        '',
        'Final-Recipient: rfc822; old.customer@gone.example',
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
        '',
        '--bounce/mx.gone.example',
        'Content-Description: Undelivered Message',
        'Content-Type: message/rfc822',
        '',
        bouncedReply(new Date(date.getTime() - 360_000)).toString(),
        '--bounce/mx.gone.example--',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'Returns',
    hoursAgo: 200,
    isRead: true,
    categories: ['Blue category'],
    mime: (date) =>
      write(
        [
          'From: Jo Lund <jo@lund.example>',
          TO_SUPPORT,
          'Subject: Returned: lamp',
          `Date: ${mailDate(date)}`,
          'Message-ID: <lamp@lund.example>',
          ...PLAIN,
        ],
        'The lamp is on its way back to you.',
      ),
  },
  {
    mailbox: SUPPORT,
    folder: 'junkemail',
    hoursAgo: 44,
    mime: (date) =>
      write(
        [
          'From: Prize Office <winner@lottery.example>',
          TO_SUPPORT,
          'Subject: YOU HAVE WON',
          `Date: ${mailDate(date)}`,
          'X-Forefront-Antispam-Report: CIP:192.0.2.77;CTRY:;LANG:en;SCL:9;SFV:SPM;CAT:SPM;',
          ...PLAIN,
        ],
        'Send us your bank details today.',
      ),
  },
]

function bouncedReply(date: Date): Buffer {
  return write(
    [
      `From: Contoso Support <${SUPPORT}>`,
      'To: Old Customer <old.customer@gone.example>',
      'Subject: RE: Spare parts',
      `Date: ${mailDate(date)}`,
      'Message-ID: <AM8P250MB0124C3@AM8P250MB0124.EURP250.PROD.OUTLOOK.COM>',
      'In-Reply-To: <spare.parts@gone.example>',
      'References: <spare.parts@gone.example>',
      ...PLAIN,
    ],
    'The spare parts are in stock again.',
  )
}
