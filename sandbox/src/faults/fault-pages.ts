import { html, type Html } from '../kernel/html.ts'
import { field, notice, select } from '../kernel/page-pieces.ts'
import { EVIDENCE, type Fault, type Option, type Part, type Scope } from './fault.ts'
import { TIMES } from './options.ts'
import type { Switch } from './switch-table.ts'

/** A fault that is on, for display. */
export interface ShownSwitch {
  on: Switch
  fault: Fault
  /** Target of the fault in words. */
  where: string
}

export interface Choices {
  /** Possible targets of a fault; the form value is `scope id`. */
  targets: readonly { scope: Scope; id: string; label: string }[]
}

const PARTS: readonly { part: Part; title: string; id: string }[] = [
  { part: 'entra-id', title: 'Entra ID', id: 'entra-id' },
  { part: 'graph', title: 'Microsoft Graph', id: 'graph' },
  { part: 'imap', title: 'IMAP', id: 'imap' },
  { part: 'smtp', title: 'SMTP', id: 'smtp' },
]

const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

export function faultsPage(catalogue: readonly Fault[], shown: readonly ShownSwitch[], token: Html): Html {
  return html`<h1>Faults</h1>
    <p>
      ${catalogue.length} faults of Microsoft 365. Each fault applies to all requests, or to one tenant, user,
      application or mailbox. The sandbox then responds like Microsoft. Active faults stay on after a restart.
    </p>
    ${onNow(shown, token)}
    <p>
      Go to
      ${PARTS.map(({ title, id }, i) => html`${i > 0 && (i === PARTS.length - 1 ? ' or ' : ', ')}<a href="#${id}">${title}</a>`)},
      or read
      <a href="#scripts">the API for scripts</a>.
    </p>
    ${PARTS.map(
      ({ part, title, id }) =>
        html`<h2 id="${id}">${title}</h2>
          <ul class="plain columns">
            ${catalogue.filter((fault) => fault.part === part).map((fault) => listItem(fault, shown))}
          </ul>`,
    )}
    <h2 id="scripts">For scripts</h2>
    <pre>
GET    /api/faults              all faults and active faults
POST   /api/faults              {"name": "secret-expired", "on": {"application": "CLIENT ID"}, "options": {"times": 1}}
GET    /api/faults/ID/calls     times and calls in which the fault was visible
DELETE /api/faults/ID
DELETE /api/faults              switches all off</pre>`
}

function listItem({ name, title, what }: Fault, shown: readonly ShownSwitch[]): Html {
  const isOn = shown.some(({ fault }) => fault.name === name)
  return html`<li>
    <a href="/faults/${name}"><strong>${title}</strong></a> ${isOn && html`<span class="badge">on</span>`}<br />
    <span class="quiet">${what}</span>
  </li>`
}

function onNow(shown: readonly ShownSwitch[], token: Html): Html {
  if (shown.length === 0) return html`<p class="empty">No fault is on.</p>`
  return html`<h2>On now</h2>
    ${switchList(shown, token)}
    <form method="post" action="/faults/off" class="actions">
      ${token}<button class="danger" type="submit">Switch all off</button>
    </form>`
}

function switchList(shown: readonly ShownSwitch[], token: Html): Html {
  return html`<ul class="plain columns">
    ${shown.map(
      ({ on, fault, where }) =>
        html`<li class="card">
          <strong><a href="/faults/${fault.name}">${fault.title}</a></strong
          ><br />
          ${where}${optionText(on, fault)}
          <p class="quiet small">
            On since <time datetime="${new Date(on.since).toISOString()}">${TIME.format(on.since)} UTC</time>, shown
            ${times(on.met)}${on.times > 0 && html`, ends after ${on.times}`}
          </p>
          <form method="post" action="/faults/${on.id}/off">
            ${token}<button type="submit">Switch off<span class="unseen"> ${fault.title}, ${where}</span></button>
          </form>
        </li>`,
    )}
  </ul>`
}

/** Options that differ from the defaults. */
function optionText({ options }: Switch, fault: Fault): Html | undefined {
  const changed = Object.entries(options).filter(([name, value]) => value !== fault.options[name]?.usual)
  if (changed.length === 0) return undefined
  return html`<br /><span class="quiet small">${changed.map(([name, value]) => `${name}: ${value}`).join(', ')}</span>`
}

export interface FaultForm {
  values: Readonly<Record<string, string>>
  problem?: { field: string | undefined; message: string }
}

export function faultPage(
  fault: Fault,
  shown: readonly (ShownSwitch & { calls: readonly { at: number; call: string }[] })[],
  { targets }: Choices,
  { values, problem }: FaultForm,
  token: Html,
): Html {
  const where = targets.filter(({ scope }) => fault.scopes.includes(scope))
  const known = ['on', ...Object.keys(fault.options), 'times']
  const error = (name: string) => (problem?.field === name ? problem.message : undefined)
  return html`<p><a href="/faults">All faults</a></p>
    <h1>${fault.title}</h1>
    <p>${fault.what}</p>
    <dl>
      <dt>Visible in</dt>
      <dd>${fault.reveals.map((call, i) => html`${i > 0 && html`<br />`}${call}`)}</dd>
      ${
        fault.sparesNewer &&
        html`<dt>Ends by</dt>
          <dd>a secret or sign-in created after the fault was switched on, or by switching the fault off.</dd>`
      }
      <dt>Evidence</dt>
      <dd>${fault.evidence}<br /><span class="quiet small">${evidenceText(fault)}</span></dd>
      <dt>Name for scripts</dt>
      <dd><code>${fault.name}</code></dd>
    </dl>
    ${problem && !known.includes(problem.field ?? '') && notice('error', html`<p>${problem.message}</p>`)}
    <form method="post" action="/faults/${fault.name}" class="card">
      ${token}
      ${select({
        label: 'Target',
        name: 'on',
        value: values['on'],
        error: error('on'),
        choices: [
          { value: '', label: 'Everywhere' },
          ...where.map(({ scope, id, label }) => ({
            value: `${scope} ${id}`,
            label: `${SCOPE_NAMES[scope]}: ${label}`,
          })),
        ],
      })}
      ${Object.entries({ ...fault.options, times: TIMES }).map(([name, option]) =>
        optionField(name, option, values[name], error(name)),
      )}
      <div class="actions"><button class="primary" type="submit">Switch on</button></div>
    </form>
    ${
      shown.length > 0 &&
      html`<h2>On now</h2>
        ${switchList(shown, token)}
        <h2>Visible in these calls</h2>
        ${callList(shown.flatMap(({ calls }) => calls))}`
    }`
}

const SCOPE_NAMES: Record<Scope, string> = {
  tenant: 'Tenant',
  user: 'User',
  application: 'Application',
  mailbox: 'Mailbox',
}

function optionField(name: string, option: Option, value: string | undefined, error: string | undefined): Html {
  if (option.kind === 'choice') {
    const choices = option.choices.map((each) => ({ value: each, label: each }))
    return select({ label: option.title, name, value: value ?? option.usual, choices, error })
  }
  return field({
    label: option.title,
    name,
    value: value ?? String(option.usual),
    inputmode: 'numeric',
    hint: `${option.least.toLocaleString('en')} to ${option.most.toLocaleString('en')}`,
    error,
  })
}

const MOST_SHOWN = 50

function callList(calls: readonly { at: number; call: string }[]): Html {
  if (calls.length === 0) return html`<p class="empty">No calls yet.</p>`
  const latest = [...calls].sort((a, b) => b.at - a.at).slice(0, MOST_SHOWN)
  return html`<ol class="plain">
      ${latest.map(
        ({ at, call }) =>
          html`<li>
            <time class="quiet" datetime="${new Date(at).toISOString()}"
              >${new Date(at).toISOString().slice(11, 23)}</time
            >
            <code>${call}</code>
          </li>`,
      )}
    </ol>
    ${calls.length > MOST_SHOWN && html`<p class="quiet">Latest ${MOST_SHOWN} of ${calls.length} calls.</p>`}`
}

function evidenceText({ evidence }: Fault): string {
  const marks = Object.entries(EVIDENCE).filter(([mark]) => evidence.includes(`[${mark}]`))
  const meanings = marks.map(([mark, meaning]) => `${mark}: ${meaning}`)
  if (meanings.length === 0) meanings.push('no letter: the code is confirmed, the rest is derived from it')
  return ['§: section of docs/reference/microsoft-365.md', ...meanings].join(' · ')
}

function times(met: number): string {
  return met === 0 ? 'in no call yet' : met === 1 ? 'once' : `${met} times`
}
