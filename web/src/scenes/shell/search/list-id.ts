/** Id of the list of suggestions, for the field that controls it. */
export const LIST_ID = 'search-suggestions'
