import { html } from '../kernel/html.ts'
import { page, type Page } from '../kernel/page.ts'
import { given } from './client-authentication.ts'
import type { Clients } from './clients.ts'
import { SITE_NAME } from './error-answers.ts'
import type { SignInSessions } from './sign-in-sessions.ts'

/** Determines the address after a sign-out: the client's address when it is registered, otherwise none. */
export interface Logout {
  /** Signs out the account in `logout_hint`, or all accounts; returns the address for the redirect. */
  signOut(query: URLSearchParams, browser: string | undefined): string | undefined
}

/** @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request */
export function createLogout(clients: Clients, sessions: SignInSessions): Logout {
  function isRegistered(uri: string, appId: string | undefined): boolean {
    const candidates = appId === undefined ? clients.list() : [clients.find(appId)]
    return candidates.some((client) => client?.findRedirect(uri) !== undefined)
  }

  return {
    signOut(query, browser) {
      if (browser !== undefined) {
        const hint = given(query, 'logout_hint')?.toLowerCase()
        const hinted = sessions
          .list(browser)
          .find(({ user }) => [user.userPrincipalName, user.mail].some((address) => address?.toLowerCase() === hint))
        sessions.signOut(browser, hinted?.user.id)
      }
      const uri = given(query, 'post_logout_redirect_uri')
      if (uri === undefined || !isRegistered(uri, given(query, 'client_id'))) return undefined
      const state = given(query, 'state')
      if (state === undefined) return uri
      return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`
    },
  }
}

export function signedOutPage(): Page {
  return page({
    title: 'Signed out',
    site: SITE_NAME,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>You signed out of your account</h1>
      <p>It’s a good idea to close all browser windows.</p>
    </div>`,
  })
}

/** Redirect page for native applications, which read its address and close the browser. */
export function nativeClientPage(): Page {
  return page({
    title: 'Signed in',
    site: SITE_NAME,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>This page is for applications</h1>
      <p>An application on your computer reads the address of this page. You can close it.</p>
    </div>`,
  })
}
