import { html } from '../kernel/html.ts'
import { field } from '../kernel/page-pieces.ts'
import { page, type Page } from '../kernel/page.ts'
import type { Html } from '../kernel/html.ts'
import { SITE_NAME } from './error-answers.ts'
import { cancelButton, type SignInPageFrame, stepPage } from './sign-in-pages.ts'

/** Page for entering the user code of a device: field `otc`, button `next=yes`. */
export function enterCodePage(action: string, canary: Html, problem?: { typed: string }): Page {
  return page({
    title: 'Enter code',
    site: SITE_NAME,
    layout: 'narrow',
    formAction: 'anywhere',
    body: html`<form method="post" action="${action}" class="card" novalidate>
      ${canary}
      <h1>Enter code to allow access</h1>
      <p>Once you enter the code displayed on your app or device, it will have access to your account.</p>
      <p class="quiet">Do not enter codes from sources you don’t trust.</p>
      ${field({
        label: 'Code',
        name: 'otc',
        value: problem?.typed,
        autocomplete: 'off',
        maxlength: 20,
        autofocus: true,
        error: problem && 'That code didn’t work. Check the code and try again.',
      })}
      <div class="actions"><button class="primary" name="next" value="yes">Next</button></div>
    </form>`,
  })
}

/** Confirmation page, because an attacker may have sent the code. Buttons `continue=yes` and `cancel=yes`. */
export function confirmDevicePage(userName: string, frame: SignInPageFrame): Page {
  return stepPage(
    'device-confirm',
    {
      title: `Are you trying to sign in to ${frame.appName}?`,
      body: html`<p>${userName}</p>
        <p>Only continue if you downloaded the app from a store or website that you trust.</p>`,
      buttons: html`<button class="primary" name="continue" value="yes">Continue</button> ${cancelButton}`,
    },
    frame,
  )
}

export function deviceDonePage(appName: string): Page {
  return lastPage(
    appName,
    `You have signed in to the ${appName} application on your device. You may now close this window.`,
  )
}

export function deviceDeclinedPage(appName: string): Page {
  return lastPage(appName, 'You did not allow it, and nothing was signed in. You may now close this window.')
}

function lastPage(appName: string, text: string): Page {
  return page({
    title: appName,
    site: SITE_NAME,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>${appName}</h1>
      <p>${text}</p>
    </div>`,
  })
}
