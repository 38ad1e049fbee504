// What the page sees as `window.dubwright` in the desktop application. The preload script makes it, the page uses it.

/** Named functions over plain values; no Electron object crosses. `PageFile` is the DOM's File. */
export type Bridge<PageFile> = {
  /** Asks for a fresh channel to the core; resolves when it is open. */
  readonly connect: () => Promise<void>;
  /** Messages of the contract, as JSON-like values. */
  readonly send: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  readonly onClose: (listener: (reason: string) => void) => void;
  readonly close: () => void;
  /** The path of a file that was dropped or chosen; empty when it has none. */
  readonly pathForFile: (file: PageFile) => string;
  /** The system's own dialog: absolute paths of media files; none when it was cancelled. */
  readonly chooseMedia: () => Promise<readonly string[]>;
  /** The same for one folder. */
  readonly chooseFolder: () => Promise<readonly string[]>;
};
