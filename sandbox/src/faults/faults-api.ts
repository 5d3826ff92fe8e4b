import type { FastifyInstance } from 'fastify'
import type { Fault } from './fault.ts'
import type { Faults } from './faults.ts'
import { FaultsError } from './faults-error.ts'
import { TIMES } from './options.ts'
import type { Switch } from './switch-table.ts'

const forPrograms = { config: { antiForgery: false } }

/** Registers the fault API for scripts: `/api/faults`, JSON in and out. */
export function registerFaultsApi(site: FastifyInstance, faults: Faults): void {
  site.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof FaultsError) {
      return reply.code(error.status).send({ error: { field: error.field, message: error.message } })
    }
    const status = error.statusCode ?? 500
    if (status >= 500) throw error
    return reply.code(status).send({ error: { message: error.message } })
  })

  site.get('/api/faults', () => {
    const on = faults.listOn()
    return {
      count: faults.catalogue.length,
      faults: faults.catalogue.map((fault) => present(fault, on)),
      on: on.map(presentSwitch),
    }
  })

  site.post('/api/faults', forPrograms, ({ body }, reply) => {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
    const { name, on, options, ...more } = (isObject ? body : {}) as Record<string, unknown>
    const [unknown] = Object.keys(more)
    if (unknown !== undefined)
      throw new FaultsError(400, `Unknown property "${unknown}". Known properties: name, on, options.`, unknown)
    if (typeof name !== 'string') throw new FaultsError(400, '"name" must be the name of a fault.', 'name')
    return reply.code(201).send({ id: faults.switchOn(name, on, options).id })
  })

  site.delete('/api/faults', forPrograms, (_request, reply) => {
    faults.switchAllOff()
    return reply.code(204).send()
  })

  site.delete<{ Params: { id: string } }>('/api/faults/:id', forPrograms, ({ params }, reply) => {
    faults.switchOff(params.id)
    return reply.code(204).send()
  })

  site.get<{ Params: { id: string } }>('/api/faults/:id/calls', ({ params }) =>
    faults.callsOf(params.id).map(({ at, call }) => ({ at: new Date(at).toISOString(), call })),
  )
}

function present(fault: Fault, on: readonly Switch[]) {
  const { name, title, part, what, scopes, options, reveals, evidence, sparesNewer } = fault
  return {
    name,
    title,
    part,
    what,
    scopes,
    options: { ...options, times: TIMES },
    reveals,
    evidence,
    sparesNewer: sparesNewer === true,
    on: on.filter((each) => each.name === name).map(presentSwitch),
  }
}

function presentSwitch({ id, name, target, options, times, since, met }: Switch) {
  return { id, name, on: target, options: { ...options, times }, since: new Date(since).toISOString(), met }
}
