/** A browser without a screen: keeps cookies, follows nothing by itself. */
export interface TestBrowser {
  get(path: string): Promise<Response>;
  /** POSTs fields as they are. */
  submit(path: string, fields: Readonly<Record<string, string>>): Promise<Response>;
  /** Loads a page, takes its CSRF token, and POSTs with it. */
  post(
    page: string,
    path: string,
    fields?: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  ): Promise<Response>;
  login(name: string, password: string): Promise<Response>;
}

/** Opens a browser at a platform. */
export function openBrowser(url: string): TestBrowser {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(`${url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value === '' || /Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const post: TestBrowser['post'] = async (page, path, fields = {}) => {
    const text = await (await send(page)).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const pairs = Symbol.iterator in fields ? [...fields] : Object.entries(fields);
    const body = new URLSearchParams([
      ['csrf', csrf],
      ...pairs.map(([k, v]): [string, string] => [k, v]),
    ]);
    return send(path, { method: 'POST', body });
  };
  return {
    get: (path) => send(path),
    submit: (path, fields) => send(path, { method: 'POST', body: new URLSearchParams(fields) }),
    post,
    login: (name, password) => post('/console/login', '/console/login', { name, password }),
  };
}
