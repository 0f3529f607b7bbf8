/** What AWS's IAM lets a name and an id consist of, where that is checked before a call. Other services have other names and ids. */

export const USER_NAME = /^[\w+=,.@-]*$/
export const LONGEST_USER_NAME = 128

/** In characters, by the service's model. */
export const SHORTEST_ACCESS_KEY_ID = 16
