import { expect, it } from 'vitest'
import { z } from 'zod'
import { describeShape } from './shape-text.ts'

it('describes the JSON of a verb in one line', () => {
  const shape = z.strictObject({
    users: z.array(
      z.strictObject({
        id: z.string(),
        role: z.enum(['admin', 'agent']),
        emailAccountIds: z.union([z.literal('all'), z.array(z.string())]),
        isOn: z.boolean(),
        lastUsedAt: z.iso.datetime().optional(),
      }),
    ),
    count: z.int(),
    kinds: z.array(z.enum(['a', 'b'])),
    nothing: z.null(),
  })

  expect(describeShape(shape)).toBe(
    '{ users: { id: string, role: "admin" | "agent", emailAccountIds: "all" | string[], isOn: boolean, ' +
      'lastUsedAt?: string }[], count: number, kinds: ("a" | "b")[], nothing: null }',
  )
})
