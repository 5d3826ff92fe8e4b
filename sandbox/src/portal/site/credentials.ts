/** *Certificates & secrets* page. The value of a secret is shown once. */
import type { X509Certificate } from 'node:crypto'
import { html, type Html } from '../../kernel/html.ts'
import { copyField, errorSummary, field, notice, select, textArea } from '../../kernel/page-pieces.ts'
import type { Application } from '../../tenants/index.ts'
import { faultOfAnotherSecret } from '../registration/application-rules.ts'
import {
  faultOfCertificate,
  toKeyCredential,
  readCertificate,
  formatThumbprint,
} from '../registration/key-credentials.ts'
import { mayManageApplication } from '../registration/who-may.ts'
import {
  buttonForm,
  day,
  type Draft,
  NO_DRAFT,
  registrationPath,
  readOnlyNotice,
  registrationFrame,
  table,
} from './pieces.ts'
import { FILE_SUFFIX } from './uploads.ts'
import { type PageDeps, requireApplication, requireManagedApplication, type Visit } from './visit.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const LIFETIMES = [
  { value: '180', label: 'Recommended: 180 days (6 months)' },
  { value: '90', label: '90 days (3 months)' },
  { value: '365', label: '365 days (12 months)' },
  { value: '545', label: '545 days (18 months)' },
  { value: '730', label: '730 days (24 months)' },
  { value: 'custom', label: 'Custom' },
]
/** The portal's limit; scripts can exceed it. */
const MAX_CUSTOM_MONTHS = 24

export function registerCredentials({ get, post, directory, clock }: PageDeps): void {
  const { applications } = directory
  const at = (application: Application) => `${registrationPath(application)}/credentials`

  get('/app-registrations/:appId/credentials', (visit) => show(visit, requireApplication(visit, directory), NO_DRAFT))

  post('/app-registrations/:appId/credentials/secrets', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const displayName = (visit.form.get('description') ?? '').trim()
    const period = readPeriod(visit.form, clock.now())
    const faults = {
      description:
        displayName.length > 90 ? 'A description has at most 90 characters.' : faultOfAnotherSecret(application),
      ...('faults' in period ? period.faults : {}),
    }
    if ('faults' in period || faults.description !== undefined)
      return show(visit, application, { values: visit.form, faults })

    const { keyId, secretText } = applications.addPassword(application.id, {
      displayName: displayName || null,
      ...period,
    })
    visit.session.newSecret = { appId: application.appId, keyId, value: secretText }
    return visit.goOn(at(application))
  })

  post('/app-registrations/:appId/credentials/secrets/:keyId/delete', (visit) => {
    const application = requireManagedApplication(visit, directory)
    applications.removePassword(application.id, visit.parameter('keyId'))
    return visit.goOn(
      at(application),
      'The client secret is deleted. Programs that still use it can no longer sign in.',
    )
  })

  post('/app-registrations/:appId/credentials/certificates', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const certificate = readUpload(visit.form)
    const fault = certificate
      ? faultOfCertificate(certificate)
      : 'Choose a certificate (.cer, .pem or .crt), or paste one.'
    if (!certificate || fault !== undefined) {
      return show(visit, application, { values: visit.form, faults: { certificate: fault } })
    }
    const displayName = (visit.form.get('certificateDescription') ?? '').trim().slice(0, 90)
    const credential = toKeyCredential(certificate, displayName || null)
    if (application.keyCredentials.some(({ key }) => key === credential.key)) {
      const faults = { certificate: 'This certificate is already there.' }
      return show(visit, application, { values: visit.form, faults })
    }
    applications.save({ ...application, keyCredentials: [...application.keyCredentials, credential] })
    return visit.goOn(at(application), `The certificate ${formatThumbprint(credential)} is added.`)
  })

  post('/app-registrations/:appId/credentials/certificates/:keyId/delete', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const keyCredentials = application.keyCredentials.filter(({ keyId }) => keyId !== visit.parameter('keyId'))
    applications.save({ ...application, keyCredentials })
    return visit.goOn(at(application), 'The certificate is deleted.')
  })

  function show(visit: Visit, application: Application, draft: Draft) {
    const manages = mayManageApplication(directory, visit.person, application)
    const errors = Object.entries(draft.faults).flatMap(([name, message]) =>
      message ? [{ field: name, message }] : [],
    )
    const { newSecret } = visit.session
    if (newSecret?.appId === application.appId) visit.session.newSecret = undefined
    return visit.show(
      {
        ...registrationFrame(application, 'Certificates & secrets'),
        body: html`${errorSummary(errors)} ${!manages && readOnlyNotice()}
          ${newSecret?.appId === application.appId && showOnce(newSecret)}
          <h2>Client secrets (${application.passwordCredentials.length})</h2>
          <p class="hint">
            A secret string that the application uses to prove its identity when requesting a token. Also can be
            referred to as application password.
          </p>
          ${table(
            'Client secrets',
            ['Description', 'Expires', 'Value', 'Secret ID', ''],
            application.passwordCredentials.map(({ displayName, endDateTime, hint, keyId }) => [
              displayName ?? 'No description',
              expiry(endDateTime, clock.now()),
              html`<code>${hint}******************</code>`,
              html`<code>${keyId}</code>`,
              manages &&
                buttonForm(visit, `${at(application)}/secrets/${keyId}/delete`, 'Delete', {
                  describe: `secret ${displayName ?? hint}`,
                }),
            ]),
            'No client secrets have been created for this application.',
          )}
          ${manages && secretForm(visit, application, draft)}
          <h2>Certificates (${application.keyCredentials.length})</h2>
          <p class="hint">
            Certificates can be used as secrets to prove the application's identity when requesting a token. Also can be
            referred to as public keys.
          </p>
          ${table(
            'Certificates',
            ['Description', 'Thumbprint', 'Start date', 'Expires', 'Certificate ID', ''],
            application.keyCredentials.map((credential) => [
              credential.displayName,
              html`<code>${formatThumbprint(credential)}</code>`,
              day(credential.startDateTime),
              expiry(credential.endDateTime, clock.now()),
              html`<code>${credential.keyId}</code>`,
              manages &&
                buttonForm(visit, `${at(application)}/certificates/${credential.keyId}/delete`, 'Delete', {
                  describe: `certificate ${formatThumbprint(credential)}`,
                }),
            ]),
            'No certificates have been added for this application.',
          )}
          ${manages && certificateForm(visit, application, draft)}`,
      },
      errors.length > 0 ? 400 : 200,
    )
  }

  function secretForm(visit: Visit, application: Application, { values, faults }: Draft) {
    return html`<form method="post" action="${at(application)}/secrets" class="card">
      <h3>New client secret</h3>
      ${visit.canary()}
      ${field({
        label: 'Description',
        name: 'description',
        value: values.get('description') ?? '',
        error: faults['description'],
      })}
      ${select({
        label: 'Expires',
        name: 'expires',
        value: values.get('expires') ?? '180',
        error: faults['expires'],
        choices: LIFETIMES,
      })}
      <div class="columns">
        ${field({
          label: 'Start (custom only)',
          name: 'startDate',
          type: 'date',
          value: values.get('startDate') ?? '',
          error: faults['startDate'],
        })}
        ${field({
          label: 'End (custom only)',
          name: 'endDate',
          type: 'date',
          value: values.get('endDate') ?? '',
          error: faults['endDate'],
          hint: 'At most 24 months after the start.',
        })}
      </div>
      <div class="actions"><button class="primary" type="submit">Add</button></div>
    </form>`
  }

  function certificateForm(visit: Visit, application: Application, { values, faults }: Draft) {
    return html`<form method="post" action="${at(application)}/certificates" enctype="multipart/form-data" class="card">
      <h3>Upload certificate</h3>
      ${visit.canary()}
      <div class="field">
        <label for="certificateFile">Certificate file</label>
        <p class="hint">Upload a certificate (public key) with one of the following file types: .cer, .pem, .crt</p>
        <input type="file" id="certificateFile" name="certificateFile" accept=".cer,.pem,.crt" />
      </div>
      ${textArea({
        label: 'Or paste it',
        name: 'certificate',
        rows: 4,
        value: values.get('certificate') ?? '',
        error: faults['certificate'],
        hint: 'PEM, beginning with -----BEGIN CERTIFICATE-----, or base64 of DER.',
      })}
      ${field({
        label: 'Description',
        name: 'certificateDescription',
        value: values.get('certificateDescription') ?? '',
        maxlength: 90,
      })}
      <div class="actions"><button type="submit">Add certificate</button></div>
    </form>`
  }
}

function showOnce({ keyId, value }: { keyId: string; value: string }): Html {
  return notice(
    'warning',
    html`<h2>Copy the value now</h2>
      <p>
        Client secret values cannot be viewed, except for immediately after creation. The application needs the Value,
        not the Secret ID.
      </p>
      ${copyField({ label: 'Value', name: 'secretValue', value })}
      ${copyField({ label: 'Secret ID', name: 'secretId', value: keyId })}`,
  )
}

function expiry(endDateTime: string, now: Date): Html {
  return Date.parse(endDateTime) <= now.getTime()
    ? html`${day(endDateTime)} <span class="badge">Expired</span>`
    : day(endDateTime)
}

function readUpload(form: URLSearchParams): X509Certificate | undefined {
  const file = Buffer.from(form.get(`certificateFile${FILE_SUFFIX}`) ?? '', 'base64')
  return readCertificate(file) ?? readCertificate(Buffer.from(form.get('certificate') ?? ''))
}

type Period = { startsAt: Date; endsAt: Date } | { faults: Draft['faults'] }

function readPeriod(form: URLSearchParams, now: Date): Period {
  const expires = form.get('expires') ?? '180'
  if (expires !== 'custom') {
    if (!LIFETIMES.some(({ value }) => value === expires)) return { faults: { expires: 'Select when it expires.' } }
    return { startsAt: now, endsAt: new Date(now.getTime() + Number(expires) * DAY_MS) }
  }
  const startsAt = readDay(form.get('startDate')) ?? now
  const endsAt = readDay(form.get('endDate'))
  if (!endsAt) return { faults: { endDate: 'Enter the day on which the secret ends.' } }
  if (endsAt <= startsAt) return { faults: { endDate: 'The end must be after the start.' } }
  const latest = new Date(startsAt)
  latest.setUTCMonth(latest.getUTCMonth() + MAX_CUSTOM_MONTHS)
  if (endsAt > latest)
    return { faults: { endDate: `The end must be at most ${MAX_CUSTOM_MONTHS} months after the start.` } }
  return { startsAt, endsAt }
}

function readDay(text: string | null): Date | undefined {
  const time = text !== null && /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  return time && !Number.isNaN(time.getTime()) ? time : undefined
}
