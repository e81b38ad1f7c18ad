/** The parts of package-lock.json that we read and write. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

export interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly cpu?: readonly string[]
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly libc?: readonly string[]
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** A package for some platform that another one may bring along, and that the lock file does not know. */
interface MissingPackage {
  readonly path: string
  readonly version: string
  readonly dev: boolean
}

/**
 * `npm install` leaves out of the lock file what the registry in use does not carry, such as binaries for other platforms
 * behind a partial mirror. `npm ci` then refuses the lock file as incomplete - everywhere.
 */
export function missingPackages({ packages }: LockFile): readonly MissingPackage[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]) => {
      const path = `node_modules/${name}`
      const known = Object.hasOwn(packages, path) || Object.hasOwn(packages, `${parent}/${path}`)
      return known ? [] : [{ path, version, dev }]
    }),
  )
}

const platform = /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(.+))?$/

/**
 * The lock file with an entry for every missing package, made from its name. There is no hash: npm writes it when somebody
 * installs on that platform. Throws when a version is not exact or a name does not tell its platform.
 */
export function completeLock(lock: LockFile): LockFile {
  const entries = Object.entries(lock.packages)
  for (const { path, version, dev } of missingPackages(lock)) {
    const [, os, cpu, abi = ''] = platform.exec(path) ?? []
    if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw new Error(`${path}@${version} does not tell its platform or its exact version; lock it by hand`)
    }
    const libc = os !== 'linux' || abi === '' ? {} : { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] }
    entries.push([path, { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] }])
  }
  return { ...lock, packages: Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en'))) }
}
