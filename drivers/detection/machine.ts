import type { Candidate } from './contract.ts';
import { listPlugged, type AllSources } from './plugged.ts';
import { listSerialPorts, type SerialPortInfo } from './serial-ports.ts';

/** Every place of this machine where a device may be, each device once; nothing is sent. Never rejects. */
export async function listMachine(
  sources: AllSources & { readonly serialPorts?: () => Promise<readonly SerialPortInfo[]> } = {},
): Promise<readonly Candidate[]> {
  const ports = await (sources.serialPorts ?? systemPorts)();
  const serial = ports.map(
    ({ path, device }) => ({ type: 'serial', path, ...(device && { usb: device }) }) as const,
  );
  return [...serial, ...(await listPlugged(ports, sources))];
}

async function systemPorts(): Promise<readonly SerialPortInfo[]> {
  const ports = await listSerialPorts();
  return ports.ok ? ports.value : [];
}
