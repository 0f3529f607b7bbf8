/** The forms of names and ids that AWS's IAM allows, checked before a call. Other services may allow others. */

export const USER_NAME = /^[\w+=,.@-]*$/
export const LONGEST_USER_NAME = 128

/** In characters, by the service's model. */
export const SHORTEST_ACCESS_KEY_ID = 16
