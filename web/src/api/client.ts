/** Entry to the API: the generated client, configured once, and its failures. */
export * from './generated/sdk.gen.ts'
export * from './generated/@tanstack/react-query.gen.ts'
export type * from './generated/types.gen.ts'
