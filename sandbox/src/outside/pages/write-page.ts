import { html, type Html, type HtmlValue } from '../../kernel/html.ts'
import { checkbox, field, hidden, notice, radioGroup, textArea } from '../../kernel/page-pieces.ts'

/** Values of the form for writing. */
export interface WriteForm {
  from: string
  fromName: string
  to: string
  cc: string
  subject: string
  body: string
  format: 'text' | 'html'
  /** Id of the answered message. */
  reply: string
  withoutThreading: boolean
}

export interface Fault {
  field: string | undefined
  message: string
}

export function writePage(form: WriteForm, mailboxes: string[], token: Html, fault?: Fault): Html {
  const at = (name: string) => (fault?.field === name ? { error: fault.message } : {})
  return html`<p><a href="/outside">External mail</a></p>
    <h1>${form.reply === '' ? 'Write to a mailbox' : 'Reply'}</h1>
    ${faultNotice(fault)}
    <form method="post" action="/outside/write" enctype="multipart/form-data" class="card">
      ${token} ${hidden('reply', form.reply)}
      <div class="columns">
        ${field({ label: 'Your name', name: 'fromName', value: form.fromName })}
        ${field({ label: 'Your address', name: 'from', value: form.from, required: true, ...at('from') })}
      </div>
      ${field({
        label: 'To',
        name: 'to',
        value: form.to,
        required: true,
        hint: html`Separate several addresses by commas. Mailboxes in the sandbox: ${mailboxList(mailboxes)}`,
        ...at('to'),
      })}
      ${field({ label: 'Cc', name: 'cc', value: form.cc, ...at('cc') })}
      ${field({ label: 'Subject', name: 'subject', value: form.subject, ...at('subject') })}
      ${textArea({ label: 'Message', name: 'body', value: form.body, rows: 10, ...at('text') })}
      ${radioGroup(
        'Message format',
        'format',
        [
          { value: 'text', label: 'Plain text' },
          { value: 'html', label: 'HTML' },
        ],
        form.format,
      )}
      ${fileField('attachments', 'Attachments', html`Up to 36 MB including the message.`, true)}
      ${
        form.reply !== '' &&
        checkbox({
          label: 'Leave out In-Reply-To and References',
          name: 'withoutThreading',
          checked: form.withoutThreading,
          hint: 'Imitates faulty mail programs: only the subject refers to the answered message.',
        })
      }
      <div class="actions"><button class="primary" type="submit">Send</button></div>
    </form>`
}

export function rawPage(
  form: { from: string; to: string; source: string },
  mailboxes: string[],
  token: Html,
  fault?: Fault,
): Html {
  const at = (name: string) => (fault?.field === name ? { error: fault.message } : {})
  return html`<p><a href="/outside">External mail</a></p>
    <h1>Send an .eml file</h1>
    <p>The message is sent byte for byte. Choose a file, drop it on the field, or paste the source.</p>
    ${faultNotice(fault)}
    <form method="post" action="/outside/raw" enctype="multipart/form-data" class="card">
      ${token} ${fileField('file', 'Message file', 'Up to 36 MB.', false)}
      ${textArea({
        label: 'Message source',
        name: 'source',
        value: form.source,
        rows: 12,
        hint: 'Header, an empty line, body.',
        ...at('source'),
      })}
      ${field({
        label: 'To',
        name: 'to',
        value: form.to,
        hint: html`Empty: To and Cc of the message. Mailboxes in the sandbox: ${mailboxList(mailboxes)}`,
        ...at('to'),
      })}
      ${field({
        label: 'Envelope sender',
        name: 'from',
        value: form.from,
        hint: html`Empty: From of the message. <code>&lt;&gt;</code> is the sender of reports.`,
        ...at('from'),
      })}
      <div class="actions"><button class="primary" type="submit">Send</button></div>
    </form>`
}

/** Notice with all errors at the top; those of a field are repeated beside it. */
function faultNotice(fault: Fault | undefined): HtmlValue {
  return (
    fault &&
    notice(
      'error',
      html`<h2>Not sent</h2>
        <p>${fault.message}</p>
        <p>Choose the files again.</p>`,
    )
  )
}

function mailboxList(mailboxes: string[]): Html {
  return html`${mailboxes.map((address, index) => html`${index > 0 && ', '}<code>${address}</code>`)}.`
}

function fileField(name: string, label: string, hint: HtmlValue, isMultiple: boolean): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <p class="hint" id="${name}-hint">${hint}</p>
    <input type="file" id="${name}" name="${name}" aria-describedby="${name}-hint" ${isMultiple && html`multiple`} />
  </div>`
}
