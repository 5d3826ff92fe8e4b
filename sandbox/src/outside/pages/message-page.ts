import { html, type Html } from '../../kernel/html.ts'
import type { OutsideMail } from '../mail-drop.ts'
import type { ReadMail } from '../outside-mail.ts'
import { foreign, personPath, sizeText, time } from './page-kit.ts'

/**
 * Page of a message for its recipient. Its HTML is shown only in a sandboxed frame, from an address whose own policy
 * forbids scripts, forms and remote content.
 */
export function messagePage(message: OutsideMail, mail: ReadMail): Html {
  const path = `/outside/messages/${message.id}`
  const reply = `/outside/write?${new URLSearchParams({ reply: message.id }).toString()}`
  const all = `/outside/write?${new URLSearchParams({ reply: message.id, all: 'true' }).toString()}`
  return html`<p>
      <a href="/outside">External mail</a> › <a href="${personPath(message.recipient)}">${message.recipient}</a>
    </p>
    <h1>${foreign(mail.subject)}</h1>
    <dl>
      <dt>From</dt>
      <dd>${foreign(mail.from, '(no sender)')}</dd>
      <dt>To</dt>
      <dd>${foreign(mail.to, '(no recipient)')}</dd>
      ${
        mail.cc !== '' &&
        html`<dt>Cc</dt>
          <dd>${foreign(mail.cc)}</dd>`
      }
      <dt>Received</dt>
      <dd>${time(message.receivedAt)}</dd>
      <dt>Envelope</dt>
      <dd>from ${message.envelopeFrom === '' ? '<>' : message.envelopeFrom} to ${message.recipient}</dd>
    </dl>
    <div class="actions">
      <a class="button primary" href="${reply}">Reply</a>
      <a class="button" href="${all}">Reply to all</a>
      <a class="button" href="${path}/source">Source</a>
      <a class="button" href="/api/outside/messages/${message.id}/raw">Save as .eml</a>
    </div>
    ${
      mail.html !== undefined &&
      html`<h2>Message</h2>
        <iframe
          title="HTML message"
          src="${path}/html"
          sandbox=""
          referrerpolicy="no-referrer"
          width="100%"
          height="480"
        ></iframe>
        <p class="quiet small">Scripts, forms and remote content are blocked.</p>`
    }
    ${mail.text !== undefined && textPart(mail.text, mail.html === undefined)}
    ${mail.text === undefined && mail.html === undefined && html`<p class="empty">This message has no text.</p>`}
    ${
      mail.attachments.length > 0 &&
      html`<h2>Attachments</h2>
        <ul class="plain">
          ${mail.attachments.map(
            ({ name, contentType, content }, index) =>
              html`<li>
                <a href="/api/outside/messages/${message.id}/attachments/${index}">${foreign(name, '(no name)')}</a>
                <span class="quiet">${contentType}, ${sizeText(content.length)}</span>
              </li>`,
          )}
        </ul>`
    }
    <h2>Header</h2>
    <details>
      <summary>All ${mail.headers.length} fields</summary>
      <pre>${mail.headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}</pre>
    </details>`
}

function textPart(text: string, isAlone: boolean): Html {
  const content = html`<pre dir="auto">${text}</pre>`
  return isAlone
    ? html`<h2>Message</h2>
        ${content}`
    : html`<details>
        <summary>The same as plain text</summary>
        ${content}
      </details>`
}
