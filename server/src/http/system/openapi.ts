import { anyone } from '../permit.ts'
import { otherRoute } from '../route.ts'

export const getOpenApi = () =>
  otherRoute({
    at: 'GET /v1/openapi.json',
    summary: 'Returns this API description.',
    authenticate: 'none',
    permit: anyone,
    compress: true,
    validate: {},
    act: async ({ request }) => request.server.swagger(),
    present: {
      status: 200,
      contentType: 'application/json',
      send: (document, reply) => reply.serializer(JSON.stringify).send(document),
    },
  })
