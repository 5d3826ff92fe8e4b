/** One request of a signed-in user, with the user, its directory and the possible responses. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import type { Html } from '../../kernel/html.ts'
import type { Settings } from '../../kernel/settings.ts'
import { antiForgery, readForm, sendPage } from '../../kernel/site.ts'
import type { Application, Directory, ServicePrincipal, Tenant, User } from '../../tenants/index.ts'
import { isAdministrator, mayManageApplication } from '../registration/who-may.ts'
import { type PortalPage, portalPage } from './portal-page.ts'
import type { Session } from './sessions.ts'

/** An error with its own page: not found, or not allowed for this user. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: 403 | 404

  constructor(status: 403 | 404, message: string) {
    super(message)
    this.status = status
  }
}

export interface Visit {
  session: Session
  person: User
  tenant: Tenant
  administrator: boolean
  form: URLSearchParams
  query: URLSearchParams
  parameter(name: string): string
  /** Hidden field for each posted form. */
  canary(): Html
  show(page: PortalPage, status?: number): FastifyReply
  /** Redirects after a change to a page that shows the result. */
  goOn(path: string, notice?: string): FastifyReply
}

export type PageHandler = (visit: Visit) => FastifyReply | Promise<FastifyReply>

/** Dependencies of the pages for signed-in users. */
export interface PageDeps {
  clock: Clock
  directory: Directory
  settings: Settings
  get: (path: string, page: PageHandler) => void
  post: (path: string, action: PageHandler) => void
}

export interface VisitDeps {
  directory: Directory
  /** Origin of the sign-in site, used for the sign-out. */
  login: string
}

export function createVisit(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, person, tenant }: Pick<Visit, 'session' | 'person' | 'tenant'>,
  { login }: VisitDeps,
): Visit {
  return {
    session,
    person,
    tenant,
    administrator: isAdministrator(person),
    form: readForm(request),
    query: new URLSearchParams(request.url.split('?')[1] ?? ''),
    parameter: (name) => (request.params as Record<string, string | undefined>)[name] ?? '',
    canary: () => antiForgery(request, reply),
    show(page, status = 200) {
      const { notice } = session
      session.notice = undefined
      const canary = antiForgery(request, reply)
      return sendPage(reply, portalPage(page, { person, tenant, canary, notice, login }), status)
    },
    goOn(path, notice) {
      session.notice = notice
      return reply.redirect(path, 303)
    },
  }
}

export function requireAdministrator({ administrator }: Visit): void {
  if (!administrator) throw new Refusal(403, 'Only a Global Administrator can do this.')
}

/** Refuses guests, which can view applications but not users. */
export function requireMember({ person }: Visit): void {
  if (person.userType === 'Guest') throw new Refusal(403, 'Guests cannot see this part of the directory.')
}

/** The application in the address, if it is registered in the current directory. */
export function requireApplication(visit: Visit, { applications }: Directory): Application {
  const application = applications.findByAppId(visit.parameter('appId'))
  if (!application || applications.tenantOf(application.appId) !== visit.tenant.id) {
    throw new Refusal(404, 'This directory has no app registration with that Application (client) ID.')
  }
  return application
}

/** The application in the address, if the user can also change it. */
export function requireManagedApplication(visit: Visit, directory: Directory): Application {
  const application = requireApplication(visit, directory)
  if (!mayManageApplication(directory, visit.person, application)) {
    throw new Refusal(403, 'Only an owner of this app registration or a Global Administrator can change it.')
  }
  return application
}

export function requireServicePrincipal(visit: Visit, { consents }: Directory): ServicePrincipal {
  const principal = consents.findServicePrincipalById(visit.parameter('id'))
  if (principal?.tenantId !== visit.tenant.id) {
    throw new Refusal(404, 'This directory has no enterprise application with that Object ID.')
  }
  return principal
}

export function readUser(visit: Visit, { people }: Directory): User {
  const user = people.findUser(visit.parameter('id'))
  if (user?.tenantId !== visit.tenant.id) throw new Refusal(404, 'This directory has no user with that Object ID.')
  return user
}
