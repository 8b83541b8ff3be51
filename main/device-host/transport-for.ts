import type { Transport } from '../../drivers/transport/transport.ts';
import type { TransportConfig } from '../../kiosk-config/index.ts';

/** Makes the transport of a device; nothing is opened yet. Rejects when its library cannot be loaded. */
export async function transportFor(config: TransportConfig): Promise<Transport> {
  if (config.type === 'tcp') {
    const { tcpTransport } = await import('../../drivers/transport/tcp.ts');
    return tcpTransport({ host: config.host, port: config.port });
  }
  const { serialTransport } = await import('../../drivers/transport/serial.ts');
  return serialTransport({ path: config.path, baudRate: config.baud });
}
