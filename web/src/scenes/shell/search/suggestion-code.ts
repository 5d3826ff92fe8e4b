/** Code that is loaded when the search field is used. */
export { SuggestionList } from './suggestion-list.tsx'
export { suggest } from './suggestions.ts'
