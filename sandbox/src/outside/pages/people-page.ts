import { html, type Html } from '../../kernel/html.ts'
import { notice } from '../../kernel/page-pieces.ts'
import type { OutsideMail, Person } from '../mail-drop.ts'
import { BOUNCING_DOMAIN } from '../outside.ts'
import type { MailSummary } from '../outside-mail.ts'
import { foreign, personPath, time } from './page-kit.ts'

/** List of all external people that sent or received mail. */
export function peoplePage(people: Person[], address: string): Html {
  return html`<h1>World outside</h1>
    <p>
      Everybody who has no mailbox here: write as one of them, and read what came back. Any address at a domain that is
      not ours takes mail; only at <code>${BOUNCING_DOMAIN}</code> there is nobody, so mail to it bounces.
    </p>
    <div class="actions">
      <a class="button primary" href="/outside/write">Write to a mailbox</a>
      <a class="button" href="/outside/raw">Send an .eml file</a>
    </div>
    <h2>People and their mail</h2>
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
  return html`<p><a href="/outside">World outside</a></p>
    <h1>${foreign(person.name ?? person.address)}</h1>
    ${person.name !== undefined && html`<p class="quiet">${person.address}</p>`}
    ${sent !== undefined && notice('success', html`<p>Sent. ${sent}</p>`)}
    <div class="actions">
      <a class="button primary" href="${write}">Write to a mailbox</a>
      <a class="button" href="${personPath(person.address)}">Look for new mail</a>
    </div>
    ${
      shown.length === 0
        ? html`<h2>Inbox</h2>
            <p class="empty">No mail yet. Write to a mailbox: what it answers comes here.</p>`
        : html`<h2>Inbox</h2>
            ${shown.length < person.messages && html`<p>The newest ${shown.length} of ${person.messages}.</p>`}
            <ul class="plain">
              ${shown.map(
                ({ message, summary }) =>
                  html`<li class="card">
                    <a href="/outside/messages/${message.id}">${foreign(summary.subject)}</a><br />
                    ${foreign(summary.from, '(nobody)')}<br />
                    <span class="quiet">${time(message.receivedAt)}</span>
                  </li>`,
              )}
            </ul>`
    }`
}

function apiNotes(address: string): Html {
  const lines = [
    'POST /api/outside/messages       {"from","to","cc","subject","text","html","attachments","headers","inReplyTo"}',
    'POST /api/outside/raw?from=&to=  a whole message, Content-Type: message/rfc822',
    'GET  /api/outside/messages?to=&after=&waitMs=&limit=',
    'GET  /api/outside/messages/{id}  …/{id}/raw  …/{id}/attachments/{n}',
    'GET  /api/outside/people',
  ]
  return html`<h2>For scripts</h2>
    <p>
      The same by HTTP and JSON, at <code>${address}</code>. No sign-in, only from this computer. A mistake is answered
      with 4xx and <code>{"error":{"field","message"}}</code>.
    </p>
    <pre>${lines.join('\n')}</pre>
    <p>
      Addresses are text (<code>Kim &lt;kim@customer.example&gt;</code>), objects with <code>name</code> and
      <code>address</code>, or lists of them. An attachment has <code>name</code>, <code>contentType</code> and
      <code>contentBytes</code> (base64). <code>inReplyTo</code> is the id of a message here or a Message-ID. A raw
      message takes its envelope from its header unless <code>from</code> and <code>to</code> say otherwise;
      <code>from=&lt;&gt;</code> is the empty sender of reports.
    </p>
    <p>To wait for the next message, pass the <code>next</code> of the last answer, and how long you have patience:</p>
    <pre>curl '${address}/api/outside/messages?to=customer@customer.example&amp;after=0&amp;waitMs=20000'</pre>`
}
