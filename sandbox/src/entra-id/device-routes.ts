import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Subject } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { antiForgery, readForm, sendPage } from '../kernel/site.ts'
import { EntraError } from './aadsts.ts'
import { type Authorities, authorityOf } from './authority.ts'
import type { DeviceCodes } from './device-codes.ts'
import type { DeviceEndpoint } from './device-endpoint.ts'
import { enterCodePage } from './device-pages.ts'
import type { ErrorAnswers } from './error-answers.ts'
import { contextOf } from './request-context.ts'
import type { SignInWalk } from './sign-in-walk.ts'
import { addTokenHeaders } from './token-headers.ts'

export interface DeviceRoutesDeps extends Authorities {
  answers: ErrorAnswers
  clock: Clock
  deviceEndpoint: DeviceEndpoint
  devices: DeviceCodes
  walk: SignInWalk
  subjectOf: (request: FastifyRequest) => Subject
}

type InTenant = { Params: { tenant: string } }

const forPrograms = { config: { antiForgery: false } }

/** Registers the routes of the device code flow: the device's request, and the pages for entering its code. */
export function addDeviceRoutes(
  routes: FastifyInstance,
  { answers, clock, deviceEndpoint, devices, walk, subjectOf, ...deps }: DeviceRoutesDeps,
): void {
  routes.post<InTenant>('/:tenant/oauth2/v2.0/devicecode', forPrograms, (request, reply) => {
    const context = contextOf(request, clock)
    addTokenHeaders(request, reply, context.traceId)
    try {
      const subject = subjectOf(request)
      const authority = authorityOf(deps, request.params.tenant, subject.call)
      return reply.send(deviceEndpoint(readForm(request), authority, subject))
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      return reply.code(answers.status(error)).headers(error.headers).send(answers.body(error, context))
    }
  })
  // Both addresses observed at Microsoft: microsoft.com/devicelogin and login.microsoft.com/device.
  for (const path of ['/devicelogin', '/device']) {
    routes.get(path, (request, reply) => sendPage(reply, enterCodePage(path, antiForgery(request, reply))))
    routes.post(path, (request, reply) => {
      const typed = readForm(request).get('otc') ?? ''
      const device = devices.findWaiting(typed)
      if (!device) return sendPage(reply, enterCodePage(path, antiForgery(request, reply), { typed }), 400)
      const query = new URLSearchParams({ user_code: device.userCode })
      return walk.begin({ request, reply }, { purpose: 'device', segment: device.request.segment, query })
    })
  }
}
