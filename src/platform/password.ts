import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * Passwords as scrypt hashes (RFC 7914), `scrypt$15$8$3$<salt>$<hash>`: the parameters stand in the hash, so that they can
 * be raised later. N = 2^15, r = 8, p = 3 is one of the settings of the OWASP Password Storage Cheat Sheet; 32 MiB each.
 */
const current = { cost: 15, blockSize: 8, parallelization: 3 }
const keyBytes = 32

/** Hashes made at the same time: each takes memory and a thread for a fifth of a second. */
const sideBySide = 2
/** Whoever comes when so many wait already is sent away. */
const mostWaiting = 50

let working = 0
const waiting: (() => void)[] = []

/** Undefined when too many hashes are asked for at once; then nothing was judged. */
export async function hashPassword(password: string): Promise<string | undefined> {
  const salt = randomBytes(16)
  const key = await inTurn(() => derive(password, salt, current))
  if (key === undefined) return undefined
  const { cost, blockSize, parallelization } = current
  return ['scrypt', cost, blockSize, parallelization, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/**
 * Whether a password belongs to a hash. Without a hash it takes as long and says no, so that the time does not tell whether
 * there is one. Undefined when too many are asked for at once.
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean | undefined> {
  const [kind, cost, blockSize, parallelization, salt = '', key = ''] = (hash ?? '').split('$')
  const isKnown = kind === 'scrypt'
  const parameters = isKnown
    ? { cost: Number(cost), blockSize: Number(blockSize), parallelization: Number(parallelization) }
    : current
  const found = await inTurn(() => derive(password, Buffer.from(salt, 'base64url'), parameters))
  if (found === undefined) return undefined
  const expected = Buffer.from(key, 'base64url')
  return isKnown && expected.length === found.length && timingSafeEqual(expected, found)
}

/** The same letters however they were typed (RFC 8265 section 4). */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'), 'utf8')
}

function derive(password: string, salt: Buffer, { cost, blockSize, parallelization }: typeof current): Promise<Buffer> {
  const N = 2 ** cost
  const maxmem = 256 * N * blockSize
  return new Promise((resolve, reject) => {
    scrypt(bytesOf(password), salt, keyBytes, { N, r: blockSize, p: parallelization, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  if (working >= sideBySide) {
    if (waiting.length >= mostWaiting) return undefined
    await new Promise<void>((turn) => waiting.push(turn))
  }
  working += 1
  try {
    return await work()
  } finally {
    working -= 1
    waiting.shift()?.()
  }
}
