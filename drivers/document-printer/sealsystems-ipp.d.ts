/** The part of the library that is used here; it brings no types of its own. */
declare module '@sealsystems/ipp' {
  interface IppRequestMessage {
    readonly version: string;
    readonly operation: string;
    readonly id: number;
    readonly 'operation-attributes-tag': Readonly<Record<string, unknown>>;
    readonly 'job-attributes-tag'?: Readonly<Record<string, unknown>>;
  }
  const ipp: {
    /** Bytes of a message, by RFC 8010. Leaves out attributes that it does not know. */
    serialize(message: IppRequestMessage): Buffer;
    /** Takes a message apart. Throws, or never ends, on bytes that are no IPP. */
    parse(bytes: Buffer): Readonly<Record<string, unknown>>;
  };
  export = ipp;
}
