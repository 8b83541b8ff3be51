import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import type { LocalizedText } from '../../domain/text.ts';
import { commandSchema } from './command-schema.ts';
import { DOCK_HEADERS, dockPage, dockScript, dockStyle } from './dock/dock-page.ts';
import { DEMO_PERSONAS } from './personas.ts';
import type { Simulator, SimulatorState } from './simulator.ts';

/** One simulated device and where it listens. */
export interface HostedDevice {
  readonly id: string;
  readonly simulator: Simulator;
  readonly transport: 'tcp' | 'escl' | 'ipp';
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Only of devices that are called by an address. */
  readonly url?: string;
}

/** A device as the control plane shows it. */
export interface DeviceView {
  readonly id: string;
  readonly deviceClass: Simulator['deviceClass'];
  readonly transport: 'tcp' | 'escl' | 'ipp';
  readonly host: string;
  readonly port: number;
  readonly url?: string;
  readonly state: SimulatorState;
  readonly artifacts: readonly string[];
}

/** A persona as the control plane shows it: no name, no number. */
export interface PersonaView {
  readonly id: string;
  readonly note: LocalizedText;
}

/** What every refused call answers. */
export interface ControlError {
  readonly error: { readonly code: string; readonly message: LocalizedText };
}

/** Pictures of a whole A4 page in base64 fit in. */
const BODY_LIMIT = 48 * 1024 * 1024;

function refuse(reply: FastifyReply, status: number, code: string, zh: string, en: string) {
  const body: ControlError = { error: { code, message: { zh, en } } };
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}

function view(device: HostedDevice): DeviceView {
  const { id, transport, host, port, url, simulator } = device;
  return {
    id,
    deviceClass: simulator.deviceClass,
    transport,
    host,
    port,
    ...(url === undefined ? {} : { url }),
    state: simulator.state(),
    artifacts: simulator.artifacts(),
  };
}

function hostName(address: string | undefined): string | undefined {
  try {
    return new URL(address ?? '').hostname;
  } catch {
    return undefined;
  }
}

/**
 * The control plane of the simulators: HTTP, JSON, version 1, documented in docs/simulators.md. It has
 * no password, so it listens on loopback alone and answers no page of another site.
 */
export function controlPlane(
  devices: readonly HostedDevice[],
  log: (line: string) => void,
): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  const find = (id: string) => devices.find((device) => device.id === id);
  const noDevice = (reply: FastifyReply) => {
    const ids = devices.map(({ id }) => id).join(', ');
    return refuse(
      reply,
      404,
      'unknownDevice',
      `没有这台设备，可用：${ids}`,
      `No such device; there are: ${ids}`,
    );
  };

  // A form of another site can post text/plain without asking; JSON it cannot.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    const name = hostName(`http://${request.headers.host ?? ''}`);
    const origin = request.headers.origin;
    const ownOrigin = origin === undefined || origin === `http://${request.headers.host ?? ''}`;
    if (!ownOrigin || !['127.0.0.1', 'localhost', '[::1]'].includes(name ?? '')) {
      await refuse(reply, 403, 'foreignPage', '只接受本机的请求', 'Only requests of this machine');
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  });
  app.setErrorHandler(
    (error: { statusCode?: number; code?: string; message: string }, _request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) log(`error ${error.code ?? ''} ${error.message}`);
      const zh =
        status >= 500 ? '模拟器出错' : '请求不对，请发 JSON（content-type: application/json）';
      const en =
        status >= 500 ? 'The simulators failed' : `Bad request, send JSON: ${error.message}`;
      return refuse(reply, status, error.code ?? 'failed', zh, en);
    },
  );
  app.setNotFoundHandler((_request, reply) =>
    refuse(
      reply,
      404,
      'unknownPath',
      '没有这个地址，见 docs/simulators.md',
      'No such path, see docs/simulators.md',
    ),
  );

  app.get('/v1/health', () => ({ ok: true, part: 'simulators', version: 1 }));
  app.get('/v1/personas', () => ({
    personas: DEMO_PERSONAS.map(({ id, note }): PersonaView => ({ id, note })),
  }));
  app.get('/v1/devices', () => ({ devices: devices.map(view) }));
  app.get<{ Params: { id: string } }>('/v1/devices/:id', (request, reply) => {
    const device = find(request.params.id);
    return device ? reply.send(view(device)) : noDevice(reply);
  });
  app.post<{ Params: { id: string } }>('/v1/devices/:id/commands', (request, reply) => {
    const device = find(request.params.id);
    if (!device) return noDevice(reply);
    const command = commandSchema.safeParse(request.body);
    if (!command.success) {
      const why = z.prettifyError(command.error);
      return refuse(reply, 400, 'badCommand', `命令不对：${why}`, `Bad command: ${why}`);
    }
    const done = device.simulator.command(command.data);
    log(`${device.id} ${command.data.do} ${done.ok ? 'ok' : 'refused'}`);
    if (!done.ok) return refuse(reply, 400, 'refused', `做不了：${done.error}`, done.error);
    return reply.send(view(device));
  });
  app.get<{ Params: { id: string } }>('/v1/devices/:id/artifacts', (request, reply) => {
    const device = find(request.params.id);
    return device ? reply.send({ artifacts: device.simulator.artifacts() }) : noDevice(reply);
  });
  app.get<{ Params: { id: string; '*': string } }>(
    '/v1/devices/:id/artifacts/*',
    async (request, reply) => {
      const device = find(request.params.id);
      if (!device) return noDevice(reply);
      const artifact = await device.simulator.artifact(request.params['*']);
      if (!artifact) {
        return refuse(reply, 404, 'unknownArtifact', '没有这个文件', 'No such artifact');
      }
      return reply.type(artifact.mediaType).send(Buffer.from(artifact.bytes));
    },
  );

  app.get('/', (_request, reply) =>
    reply
      .headers(DOCK_HEADERS)
      .type('text/html; charset=utf-8')
      .send(dockPage(DEMO_PERSONAS, devices.map(view))),
  );
  app.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  app.get('/dock.css', (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(dockStyle()),
  );
  app.get('/dock.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(dockScript()),
  );
  return app;
}
