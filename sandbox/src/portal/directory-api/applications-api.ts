/**
 * Routes under `/applications`: app registrations.
 *
 * @see https://learn.microsoft.com/graph/api/resources/application
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import type { Settings } from '../../kernel/settings.ts'
import { type Directory, type Application, blankApplication, type User } from '../../tenants/index.ts'
import { changeApplication } from '../registration/application-changes.ts'
import { faultOfAnotherSecret } from '../registration/application-rules.ts'
import { type Problem, readObject, readString, readTime } from '../registration/json-reader.ts'
import { addRegistration, removeRegistration, saveRegistration } from '../registration/registrations.ts'
import { mayManageApplication, mayRegisterApplications } from '../registration/who-may.ts'
import { type DirectoryCaller, permit, require } from './directory-access.ts'
import { answerList, answerOne, selected } from './directory-answers.ts'
import { APPLICATIONS, OWNERS } from './directory-collections.ts'
import { badRequest, notFound } from './directory-errors.ts'
import { applicationShape, ownerShape } from './directory-shapes.ts'
import { parseBody, readParameters, readKey, readParameter, refuseProblems } from './requests.ts'

/** Graph's default lifetime of a secret without an expiry date in the request. */
const SECRET_LIFETIME_YEARS = 2

export function registerApplications(
  v1: FastifyInstance,
  { directory, clock, settings }: { directory: Directory; clock: Clock; settings: Settings },
): void {
  const { applications, people } = directory
  const context = { graph: settings.named.graph }

  v1.get('/applications', async (request) => {
    const { tenant } = permit(directory, request, 'read applications')
    const all = applications.list(tenant.id).map((one) => applicationShape(one, tenant))
    return answerList(request, APPLICATIONS, all, context)
  })

  v1.post('/applications', async (request, reply) => {
    const caller = permit(directory, request, 'write applications')
    require(caller, mayRegisterApplications)
    const { tenant, person } = caller
    const body = parseBody(request)
    const { application, problems } = changeApplication(blankApplication(clock), body, {
      directory,
      tenant,
      source: 'graph',
    })
    refuseProblems(problems)
    const added = addRegistration(directory, tenant.id, application, person?.id)
    reply.code(201).header('location', `${context.graph}/v1.0/applications/${added.id}`)
    return answerOne(request, APPLICATIONS, applicationShape(added, tenant), context)
  })

  v1.get('/applications/:id', async (request) => {
    const { tenant } = permit(directory, request, 'read applications')
    const application = get(request, tenant.id)
    const shape = applicationShape(application, tenant, { withKeys: selected(request, 'keyCredentials') })
    return answerOne(request, APPLICATIONS, shape, context)
  })

  v1.patch('/applications/:id', async (request, reply) => {
    const { tenant, application } = manage(request)
    const changed = changeApplication(application, parseBody(request), { directory, tenant, source: 'graph' })
    refuseProblems(changed.problems)
    saveRegistration(directory, tenant.id, changed.application)
    return reply.code(204).send()
  })

  v1.delete('/applications/:id', async (request, reply) => {
    const { tenant, application } = manage(request)
    removeRegistration(directory, tenant.id, application)
    return reply.code(204).send()
  })

  v1.post('/applications/:id/addPassword', async (request) => {
    const { application } = manage(request)
    const { displayName, startsAt, endsAt } = readPasswordCredential(request)
    const fault = faultOfAnotherSecret(application)
    if (fault !== undefined) throw badRequest(fault)
    const added = applications.addPassword(application.id, { displayName, startsAt, endsAt })
    return {
      '@odata.context': `${context.graph}/v1.0/$metadata#microsoft.graph.passwordCredential`,
      customKeyIdentifier: null,
      ...added,
    }
  })

  v1.post('/applications/:id/removePassword', async (request, reply) => {
    const { application } = manage(request)
    const { keyId } = readParameters(request, 'keyId')
    if (!application.passwordCredentials.some((credential) => credential.keyId === keyId)) {
      throw badRequest(
        `No password credential found with keyId ${typeof keyId === 'string' ? keyId.slice(0, 100) : ''}.`,
      )
    }
    applications.removePassword(application.id, String(keyId))
    return reply.code(204).send()
  })

  v1.get('/applications/:id/owners', async (request) => {
    const { tenant } = permit(directory, request, 'read applications')
    const owners = applications.ownersOf(get(request, tenant.id).id)
    return answerList(
      request,
      OWNERS,
      owners.map((id) => ownerShape(people.getUser(id))),
      context,
    )
  })

  v1.post('/applications/:id/owners/$ref', async (request, reply) => {
    const { application, tenant } = manage(request)
    const reference = parseBody(request)['@odata.id']
    const id = typeof reference === 'string' ? (/\/([^/]+)$/.exec(reference)?.[1] ?? '') : ''
    const owner = people.findUser(id)
    if (owner?.tenantId !== tenant.id) throw notFound(id)
    if (applications.ownersOf(application.id).includes(owner.id)) {
      // Microsoft's wording, which Azure CLI parses.
      throw badRequest(
        "One or more added object references already exist for the following modified properties: 'owners'.",
      )
    }
    applications.addOwner(application.id, owner.id)
    return reply.code(204).send()
  })

  v1.delete('/applications/:id/owners/:ownerId/$ref', async (request, reply) => {
    const { application } = manage(request)
    const ownerId = readParameter(request, 'ownerId')
    if (!applications.ownersOf(application.id).includes(ownerId)) throw notFound(ownerId)
    applications.removeOwner(application.id, ownerId)
    return reply.code(204).send()
  })

  function get(request: FastifyRequest, tenantId: string): Application {
    const key = readKey(request)
    const found = 'appId' in key ? applications.findByAppId(key.appId) : applications.find(key.id)
    if (!found || applications.tenantOf(found.appId) !== tenantId) throw notFound('appId' in key ? key.appId : key.id)
    return found
  }

  /** Returns the application after a check that the caller can change it. */
  function manage(request: FastifyRequest): DirectoryCaller & { application: Application } {
    const caller = permit(directory, request, 'write applications')
    const application = get(request, caller.tenant.id)
    require(caller, (person: User) => mayManageApplication(directory, person, application))
    return { ...caller, application }
  }

  function readPasswordCredential(request: FastifyRequest) {
    const problems: Problem[] = []
    const property = 'passwordCredential'
    const sent = readObject(readParameters(request, property)[property] ?? {}, property, problems)
    const time = (name: string) =>
      sent[name] == null ? undefined : readTime(sent[name], `${property}.${name}`, problems)
    const startsAt = time('startDateTime') ?? clock.now()
    const endsAt = time('endDateTime') ?? yearsAfter(startsAt, SECRET_LIFETIME_YEARS)
    const displayName =
      sent['displayName'] == null
        ? null
        : (readString(sent['displayName'], `${property}.displayName`, 120, problems) ?? null)
    if (endsAt <= startsAt) {
      problems.push({
        property: `${property}.endDateTime`,
        message: 'The end date of a credential must be after its start date.',
      })
    }
    refuseProblems(problems)
    return { displayName, startsAt, endsAt }
  }
}

function yearsAfter(start: Date, years: number): Date {
  const end = new Date(start)
  end.setUTCFullYear(end.getUTCFullYear() + years)
  return end
}
