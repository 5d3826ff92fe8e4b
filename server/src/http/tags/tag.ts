import { z } from 'zod'
import { TAG_COLORS } from '../../conversations/index.ts'
import { name } from '../fields.ts'

export const Tag = z.object({ id: z.string(), name: z.string(), color: z.enum(TAG_COLORS) }).meta({ id: 'Tag' })

export const tagName = name.max(50)
export const tagColor = z.enum(TAG_COLORS)
