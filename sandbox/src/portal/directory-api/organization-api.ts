/**
 * Routes `/organization` and `/domains`, which describe the tenant.
 *
 * @see https://learn.microsoft.com/graph/api/resources/organization
 */
import type { FastifyInstance } from 'fastify'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory } from '../../tenants/index.ts'
import { permit } from './directory-access.ts'
import { answerList, answerOne } from './directory-answers.ts'
import { DOMAINS, ORGANIZATIONS } from './directory-collections.ts'
import { notFound } from './directory-errors.ts'
import { domainShape, organizationShape } from './directory-shapes.ts'
import { readParameter } from './requests.ts'

export function registerOrganization(
  v1: FastifyInstance,
  { directory, settings }: { directory: Directory; settings: Settings },
): void {
  const context = { graph: settings.named.graph }

  v1.get('/organization', async (request) => {
    const { tenant } = permit(directory, request, 'read organization')
    return answerList(request, ORGANIZATIONS, [organizationShape(tenant)], context)
  })

  v1.get('/organization/:id', async (request) => {
    const { tenant } = permit(directory, request, 'read organization')
    const id = readParameter(request, 'id')
    if (id.toLowerCase() !== tenant.id) throw notFound(id)
    return answerOne(request, ORGANIZATIONS, organizationShape(tenant), context)
  })

  v1.get('/domains', async (request) => {
    const { tenant } = permit(directory, request, 'read applications')
    const domains = tenant.domains.map((name, i) => domainShape(name, i === 0))
    return answerList(request, DOMAINS, domains, context)
  })
}
