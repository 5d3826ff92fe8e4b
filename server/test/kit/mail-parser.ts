import { createParser } from '../../src/mime/index.ts'

/** Real parser, for rooms that take one as a dependency. */
export const mailParser = createParser({ threads: 1 })
