import type { z } from 'zod'
import type { Route } from '../route.ts'
import type { CallRoute } from './call-route.ts'

/** A tool as programs with MCP see it. */
export interface McpTool {
  name: string
  title: string
  description: string
  /** Routes that each call uses. The tool is listed for keys that may call all of them. */
  routes: readonly Route[]
  annotations: ToolEffect
  input: z.ZodObject
  output: z.ZodObject
  run: (input: unknown, call: CallRoute) => Promise<ToolAnswer<object>>
}

/** Hints for the program that asks its user before a call. */
export interface ToolEffect {
  readOnlyHint: boolean
  destructiveHint: boolean
  idempotentHint: boolean
  openWorldHint: boolean
}

export interface ToolAnswer<Content> {
  /** One line without content of mail. */
  summary: string
  content: Content
}

interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> extends Omit<
  McpTool,
  'input' | 'output' | 'run'
> {
  input: Input
  output: Output
  run: (input: z.output<Input>, call: CallRoute) => Promise<ToolAnswer<z.input<Output>>>
}

export function tool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): McpTool {
  // `run` gets only input that the schema has parsed.
  return definition as unknown as McpTool
}

export const READS: ToolEffect = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}
export const WRITES: ToolEffect = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
}
/** Mail reaches people outside and can't be called back; the idempotency key makes a repetition harmless. */
export const SENDS: ToolEffect = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: true,
}
