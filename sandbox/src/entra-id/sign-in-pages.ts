/**
 * The pages of a sign-in. Each is one form that posts to `/{tenant}/login`; these names are a contract, because scripts
 * and tests fill in the forms by them:
 *
 * | step                | fields                    | buttons                                             |
 * | ------------------- | ------------------------- | --------------------------------------------------- |
 * | `choose`            |                           | `account=<object id>`, `account=other`, `cancel=yes` |
 * | `user-name`         | `loginfmt`                | `next=yes`, `cancel=yes`                            |
 * | `password`          | `passwd`                  | `next=yes`, `back=yes`, `cancel=yes`                |
 * | `mfa`               | `otc`                     | `next=yes`, `cancel=yes`                            |
 * | `enrol`             |                           | `next=yes`, `cancel=yes`                            |
 * | `keep`              |                           | `kmsi=yes`, `kmsi=no`                               |
 * | `consent`           | `forOrganization` (checkbox) | `consent=accept`, `cancel=yes`                   |
 * | `needs-admin`       |                           | `account=other`, `cancel=yes`                       |
 * | `admin-consent`     |                           | `consent=accept`, `cancel=yes`                      |
 * | `device-confirm`    |                           | `continue=yes`, `cancel=yes`                        |
 *
 * Hidden in all of them: `ctx` (the sign-in), `step` (the page) and `canary` (the browser). An error in the input is
 * shown at its field, with the code in `#error-code`.
 */
import { html, type Html, type HtmlValue } from '../kernel/html.ts'
import { field, hidden } from '../kernel/page-pieces.ts'
import { page, type Page } from '../kernel/page.ts'
import type { EntraError } from './aadsts.ts'
import { SITE_NAME } from './error-answers.ts'
import type { SignInStep } from './sign-in.ts'

/** Parameters shared by all pages of one sign-in. */
export interface SignInPageFrame {
  /** Tenant segment of the address. */
  segment: string
  /** Id of the sign-in. */
  ctx: string
  canary: Html
  appName: string
  authenticator: string
}

export function signInPage(
  step: Exclude<SignInStep, { kind: 'signed-in' }>,
  problem: EntraError | undefined,
  frame: SignInPageFrame,
  /** User name as entered, for correction. */
  typed: string | undefined,
): Page {
  switch (step.kind) {
    case 'choose':
      return choosePage(step.accounts, frame)
    case 'user-name':
      return userNamePage(typed ?? step.value, problem ?? step.problem, frame)
    case 'password':
      return passwordPage(step.user.userPrincipalName, problem, frame)
    case 'mfa':
      return mfaPage(step.user.userPrincipalName, problem, frame)
    case 'enrol':
      return enrolPage(step.user.userPrincipalName, frame)
    case 'keep':
      return keepPage(step.user.userPrincipalName, frame)
  }
}

/** Renders one form of a sign-in: heading, instruction, buttons. */
export function stepPage(
  step: string,
  { title, body, buttons }: { title: string; body: HtmlValue; buttons: HtmlValue },
  { segment, ctx, canary }: SignInPageFrame,
): Page {
  return page({
    title,
    site: SITE_NAME,
    layout: 'narrow',
    formAction: 'anywhere',
    body: html`<form method="post" action="/${segment}/login" class="card" novalidate>
      ${canary} ${hidden('ctx', ctx)} ${hidden('step', step)}
      <h1>${title}</h1>
      ${body}
      <div class="actions">${buttons}</div>
    </form>`,
  })
}

export const cancelButton = html`<button name="cancel" value="yes">Cancel</button>`
const nextButton = (text: string) => html`<button class="primary" name="next" value="yes">${text}</button>`
const codeOf = (problem: EntraError | undefined) =>
  problem && html`<p class="quiet small">Error code: <span id="error-code">${problem.code}</span></p>`

function choosePage(accounts: Extract<SignInStep, { kind: 'choose' }>['accounts'], frame: SignInPageFrame): Page {
  return stepPage(
    'choose',
    {
      title: 'Pick an account',
      body: html`<p>to continue to ${frame.appName}</p>
        ${accounts.map(
          ({ user }) =>
            html`<button class="row" name="account" value="${user.id}">
              <strong>${user.displayName}</strong><br />${user.userPrincipalName}<br /><span class="quiet small"
                >Signed in</span
              >
            </button>`,
        )}
        <button class="row" name="account" value="other">Use another account</button>`,
      buttons: cancelButton,
    },
    frame,
  )
}

function userNamePage(value: string, problem: EntraError | undefined, frame: SignInPageFrame): Page {
  return stepPage(
    'user-name',
    {
      title: 'Sign in',
      body: html`<p>to continue to ${frame.appName}</p>
        ${field({
          label: 'Email',
          name: 'loginfmt',
          type: 'text',
          inputmode: 'email',
          autocomplete: 'username',
          value,
          autofocus: true,
          error: problem && userNameFault(problem),
        })}
        ${codeOf(problem)}`,
      // Enter submits with the first button.
      buttons: html`${nextButton('Next')} ${cancelButton}`,
    },
    frame,
  )
}

function userNameFault({ code }: EntraError): string {
  return code === 500208
    ? 'You can’t sign in here with this kind of account. Use another one.'
    : 'We couldn’t find an account with that username.'
}

function passwordPage(userName: string, problem: EntraError | undefined, frame: SignInPageFrame): Page {
  return stepPage(
    'password',
    {
      title: 'Enter password',
      body: html`<p>${userName}</p>
        <input type="text" name="username" value="${userName}" autocomplete="username" hidden readonly />
        ${field({
          label: 'Password',
          name: 'passwd',
          type: 'password',
          autocomplete: 'current-password',
          autofocus: true,
          error: problem && passwordFault(problem),
        })}
        ${codeOf(problem)}`,
      buttons: html`${nextButton('Sign in')} <button name="back" value="yes">Back</button> ${cancelButton}`,
    },
    frame,
  )
}

function passwordFault({ code }: EntraError): string {
  if (code === 50053) return 'Your account is temporarily locked to prevent unauthorized use. Try again later.'
  if (code === 50055) return 'Your password has expired. Change it before you sign in again.'
  if (code === 50057) return 'Your account has been disabled. Contact your IT department to enable it.'
  if (code === 50056) return 'There is no password for this account.'
  return 'Your account or password is incorrect.'
}

function mfaPage(userName: string, problem: EntraError | undefined, frame: SignInPageFrame): Page {
  return stepPage(
    'mfa',
    {
      title: 'Enter code',
      body: html`<p>${userName}</p>
        <p>
          Enter the code displayed in the authenticator app.
          <a href="${frame.authenticator}" target="_blank" rel="noopener">Open the sandbox’s authenticator</a>
        </p>
        ${field({
          label: 'Code',
          name: 'otc',
          inputmode: 'numeric',
          autocomplete: 'one-time-code',
          maxlength: 8,
          autofocus: true,
          error: problem && 'You didn’t enter the expected verification code. Each code works once.',
        })}
        ${codeOf(problem)}`,
      buttons: html`${nextButton('Verify')} ${cancelButton}`,
    },
    frame,
  )
}

function enrolPage(userName: string, frame: SignInPageFrame): Page {
  return stepPage(
    'enrol',
    {
      title: 'More information required',
      body: html`<p>${userName}</p>
        <p>Your organization needs more information to keep your account secure.</p>
        <p class="quiet">
          <b>Next</b> registers the
          <a href="${frame.authenticator}" target="_blank" rel="noopener">sandbox’s authenticator</a> as your second
          factor; it shows codes from then on.
        </p>`,
      buttons: html`${nextButton('Next')} ${cancelButton}`,
    },
    frame,
  )
}

function keepPage(userName: string, frame: SignInPageFrame): Page {
  return stepPage(
    'keep',
    {
      title: 'Stay signed in?',
      body: html`<p>${userName}</p>
        <p>Do this to reduce the number of times you are asked to sign in.</p>`,
      buttons: html`<button class="primary" name="kmsi" value="yes">Yes</button>
        <button name="kmsi" value="no">No</button>`,
    },
    frame,
  )
}
