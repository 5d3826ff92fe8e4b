import { html, type Html } from '../../kernel/html.ts'
import { notice } from '../../kernel/page-pieces.ts'
import type { OutsideMail, Person } from '../mail-drop.ts'
import { BOUNCING_DOMAIN } from '../outside.ts'
import type { MailSummary } from '../outside-mail.ts'
import { foreign, personPath, time } from './page-kit.ts'

/** List of all external people that sent or received mail. */
export function peoplePage(people: Person[], address: string): Html {
  return html`<h1>External mail</h1>
    <p>
      External senders and recipients without a mailbox in the sandbox. Write as one of them, and read the replies.
      Every address at an external domain accepts mail. Only mail to <code>${BOUNCING_DOMAIN}</code> bounces.
    </p>
    <div class="actions">
      <a class="button primary" href="/outside/write">Write to a mailbox</a>
      <a class="button" href="/outside/raw">Send an .eml file</a>
    </div>
    <h2>External people and their mail</h2>
    <ul class="plain">
      ${people.map(
        (person) =>
          html`<li>
            <p>
              <a href="${personPath(person.address)}">${person.address}</a>
              ${person.name !== undefined && html`(${foreign(person.name)})`}<br />
              <span class="quiet">${person.messages === 1 ? '1 message' : `${person.messages} messages`}</span>
            </p>
          </li>`,
      )}
    </ul>
    ${apiNotes(address)}`
}

/** Mail of one person. `shown` is newest first. */
export function inboxPage(
  person: { address: string; name: string | undefined; messages: number },
  shown: { message: OutsideMail; summary: MailSummary }[],
  sent: string | undefined,
): Html {
  const write = `/outside/write?${new URLSearchParams({ from: person.address }).toString()}`
  return html`<p><a href="/outside">External mail</a></p>
    <h1>${foreign(person.name ?? person.address)}</h1>
    ${person.name !== undefined && html`<p class="quiet">${person.address}</p>`}
    ${sent !== undefined && notice('success', html`<p>Sent. ${sent}</p>`)}
    <div class="actions">
      <a class="button primary" href="${write}">Write to a mailbox</a>
      <a class="button" href="${personPath(person.address)}">Check for new mail</a>
    </div>
    ${
      shown.length === 0
        ? html`<h2>Inbox</h2>
            <p class="empty">No mail yet. Write to a mailbox; its replies arrive here.</p>`
        : html`<h2>Inbox</h2>
            ${shown.length < person.messages && html`<p>Newest ${shown.length} of ${person.messages} messages.</p>`}
            <ul class="plain">
              ${shown.map(
                ({ message, summary }) =>
                  html`<li class="card">
                    <a href="/outside/messages/${message.id}">${foreign(summary.subject)}</a><br />
                    ${foreign(summary.from, '(no sender)')}<br />
                    <span class="quiet">${time(message.receivedAt)}</span>
                  </li>`,
              )}
            </ul>`
    }`
}

function apiNotes(address: string): Html {
  const lines = [
    'POST /api/outside/messages       {"from","to","cc","subject","text","html","attachments","headers","inReplyTo"}',
    'POST /api/outside/raw?from=&to=  a complete message, Content-Type: message/rfc822',
    'GET  /api/outside/messages?to=&after=&waitMs=&limit=',
    'GET  /api/outside/messages/{id}  …/{id}/raw  …/{id}/attachments/{n}',
    'GET  /api/outside/people',
  ]
  return html`<h2>For scripts</h2>
    <p>
      The same functions as an HTTP API with JSON, at <code>${address}</code>. Requests need no sign-in and must come
      from this computer. Invalid requests return 4xx and <code>{"error":{"field","message"}}</code>.
    </p>
    <pre>${lines.join('\n')}</pre>
    <p>
      Addresses are strings (<code>Kim &lt;kim@customer.example&gt;</code>), objects with <code>name</code> and
      <code>address</code>, or lists of them. An attachment has <code>name</code>, <code>contentType</code> and
      <code>contentBytes</code> (base64). <code>inReplyTo</code> is the id of a stored message or a Message-ID. The
      envelope of a raw message comes from its header unless <code>from</code> and <code>to</code> are given;
      <code>from=&lt;&gt;</code> is the empty sender of reports.
    </p>
    <p>
      To wait for the next message, pass the <code>next</code> of the last response as <code>after</code>, and the
      maximum wait:
    </p>
    <pre>curl '${address}/api/outside/messages?to=customer@customer.example&amp;after=0&amp;waitMs=20000'</pre>`
}
