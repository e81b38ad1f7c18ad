import type { HttpAnswer, HttpRequest } from '../../../platform/http-client.ts'
import { CrowdReader } from '../../kit/crowd/reader.ts'

/** The same, and what can be changed there. */
export class Client extends CrowdReader {
  createUser(body: object, password: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.create', 'POST', '/user', { body: { ...body, password: { value: password } } })
    return this.server.write(request, 'Creating the account', signal, [password])
  }

  /** The whole user: what is left out is blanked. */
  putUser(username: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('user.update', 'PUT', '/user', { query: { username }, body }),
      'Changing the account',
      signal,
    )
  }

  rename(username: string, newName: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.rename', 'POST', '/user/rename', { query: { username }, body: { 'new-name': newName } })
    return this.server.write(request, 'Renaming the account', signal)
  }

  deleteUser(username: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.server.write(
      write('user.delete', 'DELETE', '/user', { query: { username } }),
      'Deleting the account',
      signal,
    )
  }

  /** Others are kept. */
  putAttributes(username: string, attributes: readonly object[], signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.attribute.set', 'POST', '/user/attribute', {
      query: { username },
      body: { attributes },
    })
    return this.server.write(request, 'Writing the custom attributes', signal)
  }

  deleteAttribute(username: string, attributename: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('user.attribute.delete', 'DELETE', '/user/attribute', { query: { username, attributename } })
    return this.server.write(request, 'Removing a custom attribute', signal)
  }

  createGroup(name: string, description: string, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, description, type: 'GROUP', active: true }
    return this.server.write(write('group.create', 'POST', '/group', { body }), 'Creating the group', signal)
  }

  putGroup(name: string, description: string, signal: AbortSignal): Promise<HttpAnswer> {
    const body = { name, description, type: 'GROUP', active: true }
    const request = write('group.update', 'PUT', '/group', { query: { groupname: name }, body })
    return this.server.write(request, 'Changing the group', signal)
  }

  addMember(groupname: string, name: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.user.add', 'POST', '/group/user/direct', { query: { groupname }, body: { name } })
    return this.server.write(request, 'Adding to the group', signal)
  }

  removeMember(groupname: string, username: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = write('group.user.remove', 'DELETE', '/group/user/direct', { query: { groupname, username } })
    return this.server.write(request, 'Removing from the group', signal)
  }
}

function write(
  operation: string,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  rest: Pick<HttpRequest, 'query' | 'body'>,
): HttpRequest {
  return { operation: `crowd.${operation}`, method, path: `/rest/usermanagement/1${path}`, ...rest }
}
