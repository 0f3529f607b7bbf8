/**
 * libsodium's sealed box (`crypto_box_seal`): a message that only the holder of the private key can open, and that does not reveal its
 * author. Node has X25519; @noble, which is audited, has the rest. Loaded for GitHub secrets.
 */

import * as crypto from 'node:crypto'
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { blake2b } from '@noble/hashes/blake2.js'

/** Bytes of an X25519 key. */
const KEY_LENGTH = 32
const NONCE_LENGTH = 24

/**
 * @param publicKey of the recipient
 * @throws RangeError for a key of another length
 */
export function seal(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== KEY_LENGTH) throw new RangeError('not a key of X25519')
  const ephemeral = crypto.generateKeyPairSync('x25519')
  const own = Buffer.from(ephemeral.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const theirs = crypto.createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(publicKey).toString('base64url') },
  })
  const shared = crypto.diffieHellman({ privateKey: ephemeral.privateKey, publicKey: theirs })
  const nonce = blake2b(Buffer.concat([own, publicKey]), { dkLen: NONCE_LENGTH })
  const box = xsalsa20poly1305(keyFrom(shared), nonce).encrypt(message)
  return Buffer.concat([own, box])
}

/** `crypto_box_beforenm`: HSalsa20 of the shared secret. */
function keyFrom(shared: Uint8Array): Uint8Array {
  const key = new Uint32Array(KEY_LENGTH / 4)
  hsalsa(wordsOf(Buffer.from('expand 32-byte k')), wordsOf(shared), new Uint32Array(4), key)
  const bytes = Buffer.alloc(KEY_LENGTH)
  for (const [index, word] of key.entries()) bytes.writeUInt32LE(word, index * 4)
  return bytes
}

const wordsOf = (bytes: Uint8Array): Uint32Array => {
  const view = Buffer.from(bytes)
  return Uint32Array.from({ length: view.length / 4 }, (_, index) => view.readUInt32LE(index * 4))
}
