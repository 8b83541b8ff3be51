import { z } from 'zod';

/** How the page finds the document camera, and what it asks of it; from the devices configuration. */
export const cameraSettingsSchema = z.object({
  /** A part of the camera's name, or a regular expression for it; empty: whichever camera there is. */
  label: z.string(),
  /** A picture narrower than this is not used. */
  minWidth: z.number().int(),
  /** So long a page lies still before it is taken by itself; null: only by the button. */
  stillMs: z.number().int().nullable(),
  /** Degrees, clockwise, by which its picture is turned so that it stands upright. */
  rotate: z.literal([0, 90, 180, 270]),
});

/** How the page finds the document camera. */
export type CameraSettings = z.infer<typeof cameraSettingsSchema>;

/**
 * What the page found.
 *
 * - `found`: there is a camera of that name
 * - `missing`: there is none
 * - `hidden`: there are cameras, but the browser tells no names: nothing is known
 * - `refused`: the browser does not let the page look through it
 * - `unreadable`: it is there and gives no picture
 * - `tooCoarse`: its picture is too small to read papers
 */
export const cameraFindings = [
  'found',
  'missing',
  'hidden',
  'refused',
  'unreadable',
  'tooCoarse',
] as const;

/** What the page says of the camera. */
export const cameraReportSchema = z.object({
  finding: z.enum(cameraFindings),
  /** Names of the cameras that are there, for a technician who looks for the right one. */
  seen: z.array(z.string().max(80)).max(6),
});

/** What the page says of the camera. */
export type CameraReport = z.infer<typeof cameraReportSchema>;
/** What the page found. */
export type CameraFinding = CameraReport['finding'];

/** What became of a picture that was posted to the core; `code` of the answer to `POST /capture/<materialId>`. */
export const captureCodes = [
  'taken',
  'wrongStep',
  'notFound',
  'busy',
  'full',
  'unreadable',
  'tooLarge',
  'tooMany',
  'cutOff',
] as const;

/** What became of a posted picture. */
export type CaptureCode = (typeof captureCodes)[number];
