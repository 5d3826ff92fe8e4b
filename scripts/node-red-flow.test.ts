/** Compares the flow of docs/api/node-red.md with the API: Node-RED itself is no dependency. */
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { expect, it } from 'vitest'

interface FlowNode {
  id: string
  type: string
  func?: string
  method?: string
  wires?: string[][]
}

const page = readFileSync('docs/api/node-red.md', 'utf8')
const [, text] = /```json\n(\[[^]*?\n\])\n```/.exec(page)!
const flow = JSON.parse(text!) as FlowNode[]

it('the flow for Node-RED connects nodes that exist, and its functions are JavaScript', () => {
  const ids = flow.map(({ id }) => id)

  expect(new Set(ids).size).toBe(ids.length)
  expect(flow.flatMap(({ wires = [] }) => wires.flat()).filter((id) => !ids.includes(id))).toEqual([])
  for (const { func } of flow.filter(({ type }) => type === 'function')) {
    // Compiled, not run.
    expect(() => new Script(`(msg, node, env, crypto) => {${func!}\n}`)).not.toThrow()
  }
})

it('the flow for Node-RED requests routes of the API by their methods, with members that they take', () => {
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, unknown>>
  }
  const code = flow.map(({ func = '' }) => func).join('\n')
  const named = [...code.matchAll(/\}(\/v1\/[^`]*)`/g)].map(([, path]) => path!.replace(/\$\{[^}]*\}/g, '{id}'))
  const methods = flow.filter(({ type }) => type === 'http request').map(({ method }) => method!.toLowerCase())

  expect(named).toEqual(['/v1/messages/{id}', '/v1/submissions'])
  expect(named.map((path, at) => methods[at]! in paths[path]!)).toEqual([true, true])
  const submission = JSON.stringify(paths['/v1/submissions']!['post'])
  for (const member of ['replyToMessageId', 'text']) expect(submission).toContain(`"${member}"`)
})
