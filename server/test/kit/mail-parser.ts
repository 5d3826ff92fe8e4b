import { createParser } from '../../src/mime/index.ts'

/** The real one, for rooms that are handed it. */
export const mailParser = createParser({ threads: 1 })
