import { addresses } from '../letter-fields.ts'
import { OutsideError } from '../outside-error.ts'
import type { ReadMail } from '../outside-mail.ts'
import type { WriteForm } from './write-page.ts'

/** Form for a reply by `self`, filled in like in a mail client. @see RFC 5322 section 3.6.3 */
export function replyTo(
  mail: ReadMail,
  self: string,
  all: boolean,
): Pick<WriteForm, 'from' | 'to' | 'cc' | 'subject' | 'body'> {
  const wanted = mail.headers.find(({ name }) => name.toLowerCase() === 'reply-to')?.value
  const to = addressesIn(wanted ?? mail.from)
  const seen = new Set([self, ...to].map((address) => address.toLowerCase()))
  const others = (all ? addressesIn(`${mail.to}, ${mail.cc}`) : []).filter((address) => {
    const isNew = !seen.has(address.toLowerCase())
    seen.add(address.toLowerCase())
    return isNew
  })
  return {
    from: self,
    to: to.join(', '),
    cc: others.join(', '),
    subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
    body: mail.text === undefined ? '' : `\n\n${quote(mail.text)}`,
  }
}

const MOST_QUOTED_LINES = 200

function quote(text: string): string {
  const lines = text.trimEnd().split(/\r?\n/)
  return lines
    .slice(0, MOST_QUOTED_LINES)
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n')
}

/** Addresses in untrusted text; empty when it is invalid, so that the user enters them. */
function addressesIn(text: string): string[] {
  try {
    return addresses(text, 'to').map(({ address }) => address)
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error
    return []
  }
}
