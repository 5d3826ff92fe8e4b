import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Page, PageOptions } from '../kernel/page.ts'
import { antiForgery, readForm, sendPage } from '../kernel/site.ts'
import type { Directory } from '../tenants/index.ts'
import type { Fault, Option } from './fault.ts'
import { type Choices, type FaultForm, faultPage, faultsPage, type ShownSwitch } from './fault-pages.ts'
import type { Faults } from './faults.ts'
import { FaultsError } from './faults-error.ts'
import { TIMES } from './options.ts'
import { describeTarget } from './target.ts'

export interface FaultRoutesDeps {
  faults: Faults
  directory: Directory
  layout: (content: Pick<PageOptions, 'title' | 'body'>) => Page
}

type Named = { Params: { name: string } }

/** Registers the fault pages: a list, a page per fault, switching on and off. */
export function registerFaultPages(site: FastifyInstance, { faults, directory, layout }: FaultRoutesDeps): void {
  site.get('/faults', (request, reply) => {
    const body = faultsPage(faults.catalogue, shown(), antiForgery(request, reply))
    return sendPage(reply, layout({ title: 'Faults', body }))
  })
  site.post('/faults/off', (_request, reply) => {
    faults.switchAllOff()
    return reply.redirect('/faults', 303)
  })
  site.post<{ Params: { id: string } }>('/faults/:id/off', ({ params, headers }, reply) => {
    faults.switchOff(params.id)
    // Redirects to the page with the button.
    const from = URL.canParse(headers.referer ?? '') ? new URL(headers.referer!).pathname : '/faults'
    return reply.redirect(/^\/faults(\/[a-z0-9-]+)?$/.test(from) ? from : '/faults', 303)
  })

  site.get<Named>('/faults/:name', (request, reply) => show(request, reply, { values: {} }))
  site.post<Named>('/faults/:name', (request, reply) => {
    const fault = find(request.params.name)
    const form = readForm(request)
    const [scope = '', id = ''] = (form.get('on') ?? '').split(' ')
    try {
      faults.switchOn(fault.name, scope === '' ? {} : { [scope]: id }, readOptions(form, fault))
      return reply.redirect(`/faults/${fault.name}`, 303)
    } catch (error) {
      if (!(error instanceof FaultsError)) throw error
      const { field, message } = error
      return show(request, reply, { values: Object.fromEntries(form), problem: { field, message } })
    }
  })

  function show(request: FastifyRequest<Named>, reply: FastifyReply, form: FaultForm): FastifyReply {
    const fault = find(request.params.name)
    const own = shown()
      .filter((each) => each.fault === fault)
      .map((each) => ({ ...each, calls: faults.callsOf(each.on.id) }))
    const body = faultPage(fault, own, choices(), form, antiForgery(request, reply))
    return sendPage(reply, layout({ title: fault.title, body }), form.problem ? 422 : 200)
  }

  function find(name: string): Fault {
    const fault = faults.catalogue.find((each) => each.name === name)
    if (!fault) throw new FaultsError(404, 'This fault does not exist.')
    return fault
  }

  function shown(): ShownSwitch[] {
    return faults.listOn().map((on) => ({ on, fault: find(on.name), where: describeTarget(on.target, directory) }))
  }

  function choices(): Choices {
    const { people, applications } = directory
    const tenants = people.listTenants()
    const users = tenants.flatMap(({ id }) => people.listUsers(id))
    const address = (id: string) => {
      const user = people.getUser(id)
      return user.mail ?? user.userPrincipalName
    }
    return {
      targets: [
        ...tenants.map(({ id, displayName }) => ({ scope: 'tenant' as const, id, label: displayName })),
        ...users.map(({ id, userPrincipalName }) => ({ scope: 'user' as const, id, label: userPrincipalName })),
        ...tenants.flatMap(
          ({ id: tenantId }) =>
          applications
            .list(tenantId)
            .map(({ appId, displayName }) => ({ scope: 'application' as const, id: appId, label: `${displayName} (${appId})` })), // prettier-ignore
        ),
        ...people.listMailboxes().map(({ userId: id }) => ({ scope: 'mailbox' as const, id, label: address(id) })),
      ],
    }
  }
}

/**
 * Reads the options of a form. Numbers arrive as text; invalid ones are passed on, so that the faults report the error.
 */
function readOptions(form: URLSearchParams, fault: Fault): Record<string, unknown> {
  const known: Record<string, Option> = { ...fault.options, times: TIMES }
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, option]) => {
      const text = form.get(name)?.trim()
      if (text === undefined) return []
      return [[name, option.kind === 'number' && /^-?\d{1,15}$/.test(text) ? Number(text) : text]]
    }),
  )
}
