import { chmodSync, fsyncSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/**
 * The files of the embedded store, made durable. As shipped, PGlite runs without fsync: it is started with `-F`, and
 * Emscripten's NODEFS has no fsync operation, so that even `fsync=on` would reach nothing. Both are internals: the exact
 * version is pinned, and a test counts fsync calls per commit.
 */

interface NodeStream {
  readonly nfd: number
}

interface Attributes {
  mode?: number
}

interface NodeFiles {
  stream_ops: {
    fsync?: (stream: NodeStream) => number
    setattr: (stream: NodeStream, attributes: Attributes) => void
  }
  node_ops: {
    mknod: (parent: unknown, name: string, mode: number, dev: unknown) => unknown
    setattr: (node: unknown, attributes: Attributes) => void
  }
  realPath(node: unknown): string
}

let fsyncCount = 0

/** How often this thread told the kernel to write down what it holds. */
export function fsyncCalls(): number {
  return fsyncCount
}

/** Emscripten has no umask to speak of: what only the owner may read must be said file by file. */
const ownerOnly = ~0o077

function harden(files: NodeFiles): void {
  const { stream_ops: streams, node_ops: nodes } = files
  streams.fsync = (stream) => {
    fsyncSync(stream.nfd)
    fsyncCount += 1
    return 0
  }
  const makeNode = nodes.mknod
  nodes.mknod = (parent, name, mode, dev) => {
    const node = makeNode(parent, name, mode, dev)
    chmodSync(files.realPath(node), mode & 0o700)
    return node
  }
  const setNode = nodes.setattr
  nodes.setattr = (node, attributes) => setNode(node, closed(attributes))
  const setStream = streams.setattr
  streams.setattr = (stream, attributes) => setStream(stream, closed(attributes))
}

function closed(attributes: Attributes): Attributes {
  return attributes.mode === undefined ? attributes : { ...attributes, mode: attributes.mode & ownerOnly }
}

/** NODEFS with fsync, in place before PostgreSQL starts, because recovery after a crash must be durable as well. */
export class DurableFiles extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...args)
    type Hook = (module: { FS: { filesystems: { NODEFS: NodeFiles } } }) => void
    const install: Hook = (module) => harden(module.FS.filesystems.NODEFS)
    const preRun = [install, ...((emscriptenOpts.preRun as Hook[] | undefined) ?? [])]
    return { emscriptenOpts: { ...emscriptenOpts, preRun } as typeof emscriptenOpts }
  }
}

const settings: Readonly<Record<string, string>> = {
  wal_sync_method: 'fsync',
  shared_buffers: '16MB',
  work_mem: '16MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  jit: 'off',
  timezone: 'UTC',
}

/** PGlite's own start parameters without `-F`, with ours. */
export const startParameters: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
]
