/**
 * Serves one request of the Model Context Protocol: one server object and one transport, without a session. So any
 * server of an installation can answer any request. The SDK is loaded with the first one.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28
 */
import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { VERSION } from '../../kernel/version.ts'
import type { ProgramCaller } from '../caller.ts'
import { permitReach, permitRole } from '../permit.ts'
import { logProblem, toProblem } from '../problem.ts'
import type { Rooms } from '../rooms.ts'
import { createCalls, InvalidFields, mayCall, parse } from './call-route.ts'
import { UNTRUSTED, withoutHidden } from './mail-content.ts'
import { readingTools } from './reading-tools.ts'
import type { McpTool, ToolAnswer } from './tool.ts'
import { writingTools } from './writing-tools.ts'

const INSTRUCTIONS = `Postkey reads and sends mail of the mailboxes of a team. ${UNTRUSTED} Ask your user before you send.`

/** Headers of the request that the SDK gets: never the key or cookies. */
const PASSED_ON = /^(?:accept|content-type|mcp-[\w-]+)$/

interface McpRequest {
  caller: ProgramCaller
  request: FastifyRequest
  reply: FastifyReply
}

export function createMcp(rooms: Rooms) {
  const tools = new Map([...readingTools(rooms), ...writingTools(rooms)].map((tool) => [tool.name, tool]))
  const described = new Map([...tools].map(([name, tool]) => [name, describe(tool)]))

  return async ({ caller, request, reply }: McpRequest): Promise<Response> => {
    const sdk = await import('@modelcontextprotocol/server')

    function createServer() {
      const mcp = new sdk.McpServer(
        { name: 'postkey', title: 'Postkey', version: VERSION },
        { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
      )
      // Handlers of our own, so that refusals have a code, a remedy and a fix as in the API.
      mcp.server.setRequestHandler('tools/list', () => ({ tools: listFor(caller) }))
      mcp.server.setRequestHandler('tools/call', async ({ params }) => {
        const tool = tools.get(params.name)
        if (!tool) throw new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, 'Unknown tool.')
        return run(tool, params.arguments ?? {}, { caller, request, reply })
      })
      return mcp
    }

    const asked = toWebRequest(rooms.publicUrl, request)
    const options = { parsedBody: request.body }
    if (await sdk.isLegacyRequest(asked, request.body)) {
      const transport = new sdk.WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
      const mcp = createServer()
      await mcp.connect(transport)
      const response = await transport.handleRequest(asked, options)
      await mcp.close()
      return response
    }
    // No subscriptions: a stream would outlive the rights of its key, and the tools of a key don't change.
    const handler = sdk.createMcpHandler(createServer, { legacy: 'reject', maxSubscriptions: 0 })
    return handler.fetch(asked, options)
  }

  function listFor(caller: ProgramCaller): Tool[] {
    return [...tools.values()]
      .filter(({ routes }) => routes.every((route) => mayCall(route, caller)))
      .map(({ name }) => described.get(name)!)
  }

  async function run(tool: McpTool, input: unknown, { caller, request, reply }: McpRequest): Promise<CallToolResult> {
    try {
      // A tool that isn't listed is refused with the missing scope, before its input is looked at.
      for (const route of tool.routes) {
        permitRole(route, caller)
        permitReach(route, caller)
      }
      const calls = createCalls({ caller, request, reply, emailAccounts: rooms.emailAccounts })
      return toResult(tool, await tool.run(parse(tool.input, input, 'arguments'), calls))
    } catch (thrown) {
      return toFailure(thrown, request)
    }
  }
}

function describe({ name, title, description, annotations, input, output }: McpTool): Tool {
  return {
    ...{ name, title, description, annotations },
    inputSchema: z.toJSONSchema(input, { io: 'input' }) as Tool['inputSchema'],
    outputSchema: z.toJSONSchema(output),
  }
}

/** The JSON a second time as text, for programs that know no structured content. Its strings can't end it. */
function toResult(tool: McpTool, { summary, content }: ToolAnswer<object>): CallToolResult {
  const structuredContent = withoutHidden(tool.output.parse(content)) as Record<string, unknown>
  return {
    content: [
      { type: 'text', text: summary },
      { type: 'text', text: JSON.stringify(structuredContent) },
    ],
    structuredContent,
  }
}

/** The problem of the API, as text. */
function toFailure(thrown: unknown, request: FastifyRequest): CallToolResult {
  const faults = thrown instanceof InvalidFields ? [...thrown.faults] : undefined
  const error = faults ? new AppError('http.invalid_request', { cause: thrown }) : AppError.from(thrown)
  logProblem(request, error)
  const problem = { ...toProblem(error, request.id, faults), retryAfterSeconds: error.retryAfterSeconds }
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(withoutHidden(problem)) }] }
}

function toWebRequest(publicUrl: URL, { headers }: FastifyRequest): Request {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    PASSED_ON.test(name) && typeof value === 'string' ? [[name, value] as [string, string]] : [],
  )
  return new Request(new URL('/mcp', publicUrl), { method: 'POST', headers: passed })
}
