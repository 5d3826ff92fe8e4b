import type { MessageHead } from '../../conversations/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { escapeHtml, resolveImages, type Address, type MessageView } from '../../mail/index.ts'
import { html, Html } from '../html.ts'
import { imageAddresses } from '../messages/image-addresses.ts'
import { readAttachments } from '../messages/read-attachments.ts'
import { simplifiedText, unlessAway } from '../messages/view-message.ts'
import type { Rooms } from '../rooms.ts'
import { TEXTS } from '../texts.ts'

type ViewOf = (id: StoredMessageId) => Promise<MessageView | undefined>

/** A message on a page to print: headers, sanitized text without remote images, names of attachments. */
export async function printedMessage(
  rooms: Rooms,
  viewOf: ViewOf,
  message: MessageHead,
  timeZone: string,
): Promise<string> {
  const { id, from, to, cc, sentAt, receivedAt, subject, hasAttachments } = message
  const view = await viewOf(id)
  const needsAttachments = hasAttachments || view?.images.some((image) => 'contentId' in image) === true
  const attachments = needsAttachments
    ? ((await rooms.conversations.messages.get(id).then((whole) => readAttachments(rooms, whole).catch(unlessAway))) ??
      [])
    : []
  const inline = imageAddresses(attachments)
  const text = view
    ? resolveImages(view, (image) => ('contentId' in image ? inline.get(image.contentId) : undefined))
    : `<pre>${escapeHtml(simplifiedText((await rooms.conversations.messages.get(id)).body))}</pre>`
  const at = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long', timeZone })
  const files = attachments.filter(({ isInline }) => !isInline).map(({ name }) => name)
  const lines: [string, string][] = [
    [TEXTS.printFrom, from ? inWords(from) : ''],
    [TEXTS.printTo, to.map(inWords).join(', ')],
    [TEXTS.printCc, cc.map(inWords).join(', ')],
    [TEXTS.printDate, at.format(sentAt ?? receivedAt)],
    [TEXTS.printSubject, subject],
    [TEXTS.printAttachments, files.join(', ')],
  ]
  const head = lines
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd dir="auto">${value}</dd>`,
    )
  return String(
    html`<article>
      <dl>${head}</dl>
      <div class="text" dir="auto">${new Html(text)}</div>
    </article>`,
  )
}

function inWords({ name, address }: Address): string {
  return name.trim() === '' ? address : `${name} <${address}>`
}
