import type { FastifyInstance } from 'fastify'
import { currentMfaCode } from '../entra-id/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { html, type Html } from '../kernel/html.ts'
import { sendPage } from '../kernel/site.ts'
import type { Directory, User } from '../tenants/index.ts'
import type { ControlPanelLayout } from './control-panel-page.ts'
import { toMailAddress, readRoster } from './roster.ts'

interface Code {
  userPrincipalName: string
  displayName: string
  code: string
  secondsLeft: number
}

/** Keeps the codes on the page current. Announces a code to screen readers only when it changes. */
const SCRIPT = `
const spaced = (code) => code.slice(0, 3) + ' ' + code.slice(3)
async function update() {
  const response = await fetch('/api/authenticator')
  if (!response.ok) return
  for (const { userPrincipalName, code, secondsLeft } of (await response.json()).codes) {
    const section = document.querySelector('[data-person="' + CSS.escape(userPrincipalName) + '"]')
    if (!section) continue
    const shown = section.querySelector('output')
    if (shown.textContent !== spaced(code)) shown.textContent = spaced(code)
    section.querySelector('[data-seconds]').textContent = String(secondsLeft)
  }
}
setInterval(() => update().catch(() => {}), 1000)
`

/** Registers the authenticator page, which shows the codes of all users that must pass MFA. */
export function registerAuthenticator(
  site: FastifyInstance,
  { directory, clock, layout }: { directory: Directory; clock: Clock; layout: ControlPanelLayout },
): void {
  const codeOf = (user: User): Code[] => {
    const current = currentMfaCode(user, clock)
    if (!current) return []
    return [{ userPrincipalName: user.userPrincipalName, displayName: user.displayName, ...current }]
  }
  const codes = () => readRoster(directory).persons.flatMap(({ user }) => codeOf(user))

  site.get('/authenticator', (_request, reply) =>
    sendPage(reply, layout({ title: 'Authenticator', body: authenticatorPage(codes()), script: SCRIPT })),
  )
  site.get('/api/authenticator', () => ({ codes: codes() }))
  site.get<{ Params: { upn: string } }>('/api/authenticator/:upn', ({ params }, reply) => {
    const user = directory.people.findUserByAddress(params.upn)
    const [found] = user ? codeOf(user) : []
    if (!user || !found) {
      const message = user ? `${toMailAddress(user)} signs in without MFA.` : `No user has the address ${params.upn}.`
      return reply.code(404).send({ error: { field: 'upn', message } })
    }
    return { code: found.code, secondsLeft: found.secondsLeft }
  })
}

function authenticatorPage(codes: Code[]): Html {
  const soonest = Math.min(30, ...codes.map(({ secondsLeft }) => secondsLeft))
  return html`<h1>Authenticator</h1>
    <p>Codes of an authenticator app. Each code is valid once and follows the <a href="/clock">sandbox clock</a>.</p>
    <noscript>
      <meta http-equiv="refresh" content="${soonest}" />
      <p>Without JavaScript, this page reloads when the codes change.</p>
    </noscript>
    ${
      codes.length === 0
        ? html`<p class="empty">No user signs in with MFA. Turn it on for a user in the portal.</p>`
        : codes.map(
            ({ userPrincipalName, displayName, code, secondsLeft }) =>
              html`<section data-person="${userPrincipalName}">
                <h2>${displayName}: <output>${code.slice(0, 3)} ${code.slice(3)}</output></h2>
                <p class="quiet">${userPrincipalName}, <span data-seconds>${secondsLeft}</span> seconds left</p>
              </section>`,
          )
    }`
}
