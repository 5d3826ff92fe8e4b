/** Layout of the portal's pages, with Microsoft's names for its parts. */
import { html, type Html, type HtmlValue } from '../../kernel/html.ts'
import { type NavigationLink, page, type Page } from '../../kernel/page.ts'
import { notice as noticeBox } from '../../kernel/page-pieces.ts'
import type { Tenant, User } from '../../tenants/index.ts'

export const SITE_TITLE = 'Microsoft Entra ID (sandbox)'

export interface PortalPage {
  title: string
  /** A line under the title. */
  subtitle?: HtmlValue
  /** Active entry of the main navigation. */
  part?: Part
  sections?: { label: string; links: readonly NavigationLink[] }
  body: HtmlValue
}

export type Part = 'overview' | 'app-registrations' | 'enterprise-applications' | 'users' | 'mailboxes'

const PARTS: readonly { part: Part; href: string; label: string }[] = [
  { part: 'overview', href: '/', label: 'Overview' },
  { part: 'app-registrations', href: '/app-registrations', label: 'App registrations' },
  { part: 'enterprise-applications', href: '/enterprise-applications', label: 'Enterprise applications' },
  { part: 'users', href: '/users', label: 'Users' },
  { part: 'mailboxes', href: '/mailboxes', label: 'Mailboxes' },
]

interface Frame {
  person: User
  tenant: Tenant
  canary: Html
  notice: string | undefined
  login: string
}

export function portalPage({ title, subtitle, part, sections, body }: PortalPage, frame: Frame): Page {
  const { person, tenant, canary, notice, login } = frame
  return page({
    title,
    site: SITE_TITLE,
    navigation: PARTS.map(({ part: name, href, label }) => ({ href, label, current: name === part })),
    ...(sections ? { sections } : {}),
    aside: html`<div class="line">
      <span>${person.mail ?? person.userPrincipalName}</span>
      <a href="/directories" aria-label="Directory ${tenant.displayName}: switch">${tenant.displayName}</a>
      <form method="post" action="/sign-out">${canary}<button class="link" type="submit">Sign out</button></form>
    </div>`,
    body: html`${notice !== undefined && noticeBox('success', html`<p>${notice}</p>`)}
      <h1>${title}</h1>
      ${subtitle !== undefined && html`<p class="quiet">${subtitle}</p>`} ${body}`,
    script: COPY_SCRIPT,
    formAction: [login],
  })
}

/** A page for users who are not signed in. */
export function plainPage(title: string, body: HtmlValue): Page {
  return page({
    title,
    site: SITE_TITLE,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>${title}</h1>
      ${body}
    </div>`,
  })
}

/** Adds a copy button to values for copying; without JavaScript, users select them in their field. */
const COPY_SCRIPT = `
for (const input of document.querySelectorAll('input.code[readonly]')) {
  const row = document.createElement('div')
  row.className = 'copy'
  input.replaceWith(row)
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  const label = document.querySelector('label[for="' + input.id + '"]')
  if (label) button.setAttribute('aria-label', 'Copy ' + label.textContent)
  const status = document.createElement('span')
  status.setAttribute('role', 'status')
  row.append(input, button, status)
  input.addEventListener('focus', () => input.select())
  button.addEventListener('click', async () => {
    input.select()
    try {
      await navigator.clipboard.writeText(input.value)
      status.textContent = 'Copied'
    } catch {
      status.textContent = 'Selected: press Ctrl+C'
    }
  })
}`
