/** The door to the API: the generated client, set up once, and the way its failures look. */
export * from './generated/sdk.gen.ts'
export * from './generated/@tanstack/react-query.gen.ts'
export type * from './generated/types.gen.ts'
