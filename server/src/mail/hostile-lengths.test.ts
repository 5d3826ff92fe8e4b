import { describe, expect, it } from 'vitest'
import {
  readAuthentication,
  findAutomaticMark,
  displayHtml,
  htmlToText,
  normalizeSubject,
  parseMessageIds,
  createPreview,
  quoteForReply,
  findSenderWarnings,
  textToHtml,
} from './index.ts'
import { measureGrowth, LINEAR } from '../../test/kit/index.ts'
import { outermostAuthServId } from './auth-serv-id.ts'
import { withoutBcc } from './compose-mime.ts'
import { linkHtml, linkText } from './link-text.ts'
import { scanTags } from './scan-tags.ts'
import { readTrace } from './trace.ts'

const field = (value: string, name = 'Authentication-Results') => [{ name, value }]
const inline = { resolveCid: () => 'x', remoteImage: (url: string) => url }
const message = (html: string) => ({
  ...{ from: { name: html, address: html }, replyTo: [], to: [], cc: [], subject: html },
  ...{ sentAt: undefined, receivedAt: new Date(0), body: { type: 'html' as const, content: html } },
})

const READERS: Record<string, (text: string) => unknown> = {
  htmlToText,
  displayHtml: (text) => displayHtml(text, inline),
  'displayHtml: style': (text) => displayHtml(`<p style="color:${text}">x</p>`, inline),
  'displayHtml: link': (text) => displayHtml(`<a href="${text}">x</a>`, inline),
  'displayHtml: image': (text) => displayHtml(`<img src="data:image/png;base64,${text}">`, inline),
  previewOf: (text) => createPreview({ type: 'text', content: text }),
  textToHtml,
  linkText: (text) => linkText(`https://${text}`),
  linkHtml: (text) => linkHtml(`<p>https://${text}`, scanTags(`<p>https://${text}`)),
  quoteForReply: (text) => quoteForReply(message(text)),
  normalizeSubject,
  parseMessageIds,
  authenticationOf: (text) => readAuthentication(field(`x; ${text}`), 'x', [text]),
  automaticOf: (text) => findAutomaticMark([...field(text, 'Precedence'), ...field(text, 'Content-Type')]),
  outermostAuthServId: (text) => outermostAuthServId(Buffer.from(`Authentication-Results: ${text}`)),
  senderWarningsOf: (text) =>
    findSenderWarnings({ from: { name: text, address: text }, replyTo: [{ name: '', address: text }], marks: {} }),
  traceOf: (text) => readTrace(Buffer.from(`Received: ${text}`)),
  withoutBcc: (text) => withoutBcc(Buffer.from(`Bcc: ${text}\r\n\r\nx`)),
}
const PIECES = [' ', '\t', '\n', ' \n', '\r\n ', '"', "'", '\\', '(', ')', '((', '<', '>', '<a', '<!--', '&', '&nbsp;', '=', ' = ', ';', ':', ',', '@', 'a', 'a@', '.', '/', 'url(', 'url ', 'cid:', 'Re: ', 'Re[1', '<b> </b>', '<td> </td>', '<br>', '<script></script>', '<p style="color:url (">', '<img src=x>', '=?utf-8?q?', '=?utf-8?q?=41?= ', '-----BEGIN PGP MESSAGE-----', 'begin 644 x\n', '\u200b', 'а', '%'] // prettier-ignore

describe('functions that read mail take time proportional to its length', () => {
  it.each(Object.entries(READERS))(
    '%s',
    (_, read) => {
      const slow = PIECES.flatMap((piece) => {
        const growth = measureGrowth((length) => read(piece.repeat(Math.ceil(length / piece.length))))
        return growth < LINEAR ? [] : [[piece, Math.round(growth)]]
      })
      expect(slow).toEqual([])
    },
    60_000,
  )
})
