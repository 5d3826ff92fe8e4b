import { html, type HtmlValue } from '../kernel/html.ts'
import { checkbox, hidden } from '../kernel/page-pieces.ts'
import type { Page } from '../kernel/page.ts'
import { hashWanted, type Wanted } from './consent.ts'
import { cancelButton, type SignInPageFrame, stepPage } from './sign-in-pages.ts'

const acceptButton = html`<button class="primary" name="consent" value="accept">Accept</button>`

export interface ConsentPageOptions {
  wanted: readonly Wanted[]
  userName: string
  /** Organization of the user; `undefined` for personal accounts. */
  organization: string | undefined
  /** The tenant in which the application is registered. */
  publisher: string | undefined
}

/** "Permissions requested" page. The user consents for itself; an admin can consent for the organization. */
export function consentPage(
  { wanted, userName, organization, publisher }: ConsentPageOptions,
  { forOrganization }: { forOrganization: boolean },
  frame: SignInPageFrame,
): Page {
  return stepPage(
    'consent',
    {
      title: 'Permissions requested',
      body: html`<p>${userName}</p>
        ${application(frame.appName, publisher)}
        <p>This app would like to:</p>
        ${permissionList(wanted)}
        ${
          forOrganization &&
          checkbox({
            name: 'forOrganization',
            value: 'yes',
            label: 'Consent on behalf of your organization',
            hint: `If you accept, this app will get access to the specified resources for all users in ${organization ?? 'your organization'}. No one else will be prompted to review these permissions.`,
          })
        }
        ${smallPrint}`,
      buttons: html`${acceptButton} ${cancelButton}`,
    },
    frame,
  )
}

/** Admin consent page: delegated and application permissions for the whole organization. */
export function adminConsentPage(
  { wanted, userName, organization, publisher }: ConsentPageOptions,
  roles: readonly Wanted[],
  frame: SignInPageFrame,
): Page {
  return stepPage(
    'admin-consent',
    {
      title: 'Permissions requested',
      body: html`<p class="quiet">Review for your organization: ${organization}</p>
        <p>${userName}</p>
        ${application(frame.appName, publisher)}
        <p>This app would like to:</p>
        ${permissionList([...wanted, ...roles], roles)}
        <p>
          If you accept, this app will get access to the specified resources for all users in your organization. No one
          else will be prompted to review these permissions.
        </p>
        ${smallPrint}`,
      buttons: html`${acceptButton} ${cancelButton}`,
    },
    frame,
  )
}

/** "Need admin approval" page: AADSTS90094 as shown to users. */
export function needsAdminPage({ userName, publisher }: ConsentPageOptions, frame: SignInPageFrame): Page {
  return stepPage(
    'needs-admin',
    {
      title: 'Need admin approval',
      body: html`<p>${userName}</p>
        ${application(frame.appName, publisher)}
        <p>
          ${frame.appName} needs permission to access resources in your organization that only an admin can grant. Ask
          an admin to grant permission to this app before you can use it.
        </p>
        <p class="quiet small">Error code: <span id="error-code">90094</span></p>`,
      buttons: html`<button name="account" value="other">Have an admin account? Sign in with that account</button>
        <button name="cancel" value="yes">Return to the application without granting consent</button>`,
    },
    frame,
  )
}

function application(appName: string, publisher: string | undefined): HtmlValue {
  return html`<p>
    <strong id="app-name">${appName}</strong><br />
    <span class="badge">unverified</span>
    ${publisher !== undefined && html`<span class="quiet small">Registered by ${publisher}</span>`}
  </p>`
}

function permissionList(wanted: readonly Wanted[], roles: readonly Wanted[] = []): HtmlValue {
  return html`${hidden('permissions', hashWanted(wanted))}
    <ul>
      ${wanted.map(
        (one) =>
          html`<li>
            ${one.permission.title}<br />
            <span class="quiet small"
              ><code>${one.permission.value}</code> on
              ${one.resource.displayName}${roles.includes(one) && ', for the application itself'}</span
            >
          </li>`,
      )}
    </ul>`
}

const smallPrint = html`<p class="quiet small">
  Accepting these permissions means that you allow this app to use your data as specified in its terms of service and
  privacy statement. You can change these permissions in the sandbox’s portal.
</p>`
